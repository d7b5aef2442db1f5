import { appendFile, copyFile, mkdir, readFile, truncate, chmod } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecording, type AudioChunk, type Recording } from './decode.ts';
import { concatenate } from './concatenate.ts';
import {
  audioFixture,
  noise,
  riffChunk,
  scratchFolder,
  wavBytes,
  type WavOptions,
  unprivileged,
} from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

async function collect(chunks: AsyncIterable<AudioChunk>, from = 0): Promise<Float32Array[]> {
  const pieces: Float32Array[][] = [];
  let position = from;
  for await (const { channels, startSample } of chunks) {
    expect(startSample).toBe(position);
    position += channels[0]!.length;
    channels.forEach((channel, c) => (pieces[c] ??= []).push(channel));
  }
  return pieces.map(concatenate);
}

const worst = (a: Float32Array, b: ArrayLike<number>) =>
  a.reduce((most, sample, i) => Math.max(most, Math.abs(sample - b[i]!)), 0);

/** Level of one tone in a signal, as amplitude. */
function amplitude(samples: Float32Array, hertz: number, rate: number): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, i) => {
    real += sample * Math.cos((2 * Math.PI * hertz * i) / rate);
    imaginary += sample * Math.sin((2 * Math.PI * hertz * i) / rate);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

const openBytes = async (bytes: Uint8Array | string, name = 'file.wav'): Promise<Recording> =>
  openRecording(await scratch.write(name, bytes));

describe('a WAV file', () => {
  const left = noise(40_000, 1);
  const right = noise(40_000, 2);
  const steps: [NonNullable<WavOptions['encoding']>, number][] = [
    ['u8', 1 / 128],
    ['s16', 2 ** -15],
    ['s24', 2 ** -23],
    ['s32', 2 ** -24],
    ['f32', 0],
    ['f64', 0],
  ];

  it.each(steps)('of %s samples comes back within a step', async (encoding, step) => {
    for (const extensible of [false, true]) {
      const recording = await openBytes(
        wavBytes([left, right], { encoding, extensible, sampleRate: 48_000 }),
      );
      expect(recording.info).toMatchObject({
        format: 'WAV',
        sampleRate: 48_000,
        channels: 2,
        seconds: 40_000 / 48_000,
      });
      const channels = await collect(recording.chunks());
      expect(channels.map((channel) => channel.length)).toEqual([40_000, 40_000]);
      expect(worst(channels[0]!, left)).toBeLessThanOrEqual(step);
      expect(worst(channels[1]!, right)).toBeLessThanOrEqual(step);
      expect(recording.damage).toBeNull();
    }
  });

  it('is known by its content, whatever its name', async () => {
    for (const name of ['A.WAV', 'a.mp3', 'noextension']) {
      expect((await openBytes(wavBytes([left]), name)).info.format).toBe('WAV');
    }
  });

  it('may carry unknown chunks of odd length before and after the samples', async () => {
    const recording = await openBytes(
      wavBytes([left], {
        before: [riffChunk('LIST', noise8(33)), riffChunk('guan', noise8(7))],
        after: [riffChunk('junk', noise8(5))],
      }),
    );
    expect(worst((await collect(recording.chunks()))[0]!, left)).toBeLessThanOrEqual(2 ** -15);
  });

  it('in RF64 takes its size from the ds64 chunk', async () => {
    const recording = await openBytes(
      wavBytes([left], { rf64: true, after: [riffChunk('LIST', noise8(40))] }),
    );
    expect(recording.info.seconds).toBe(2.5);
    expect((await collect(recording.chunks()))[0]!.length).toBe(40_000);
  });

  it('past 4 GB in RF64, or in RIFF with its size modulo 2³², opens, seeks and is not read whole', async () => {
    for (const rf64 of [true, false]) {
      const bytes = 5 * 2 ** 30;
      const header = Buffer.from(
        wavBytes([new Float32Array(2)], { rf64, encoding: 's16', sampleRate: 192_000 }),
      );
      const dataAt = header.indexOf('data') + 8;
      if (rf64) header.writeBigUInt64LE(BigInt(bytes), header.indexOf('ds64') + 16);
      else header.writeUInt32LE(bytes % 2 ** 32, dataAt - 4);
      const path = await scratch.write('large.wav', header);
      await truncate(path, dataAt + bytes);
      const recording = await openRecording(path);
      expect(recording.info.seconds).toBeCloseTo(bytes / 2 / 192_000, 6);
      const [part] = await collect(recording.range(13_000, 0.5), 13_000 * 192_000);
      expect(part!.length).toBe(96_000);
      expect(recording.damage).toBeNull();
    }
  });

  it('whose size was never filled in is read to its end; 0 is told, the streaming mark is not', async () => {
    const unclosed = await openBytes(wavBytes([left], { claimedBytes: 0 }));
    expect((await collect(unclosed.chunks()))[0]!.length).toBe(40_000);
    expect(unclosed.notes).toMatchObject([{ code: 'header-stale', level: 'note' }]);
    const streamed = await openBytes(wavBytes([left], { claimedBytes: 0xffffffff }));
    expect((await collect(streamed.chunks()))[0]!.length).toBe(40_000);
    expect(streamed.notes).toEqual([]);
  });

  it('that promises more than it holds gives what is there, and says so', async () => {
    const recording = await openBytes(wavBytes([left], { claimedBytes: 1e6 }));
    expect(recording.info.seconds).toBe(2.5);
    expect((await collect(recording.chunks()))[0]!.length).toBe(40_000);
    expect(recording.damage?.code).toBe('FILE_DAMAGED');
  });

  it('cut at any byte of its header or after gives its code and never less than the samples there', async () => {
    const whole = wavBytes([noise(100)], { before: [riffChunk('LIST', noise8(9))] });
    const dataAt = Buffer.from(whole).indexOf('data') + 8;
    for (let length = 0; length < whole.length; length++) {
      const path = await scratch.write('cut.wav', whole.subarray(0, length));
      const opened = openRecording(path);
      if (length === 0) await expect(opened).rejects.toMatchObject({ code: 'FILE_EMPTY' });
      else if (length < 12) await expect(opened).rejects.toMatchObject({ code: /FILE_(NOT_AUDIO|DAMAGED)/ });
      else if (length < dataAt + 2) await expect(opened).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
      else
        expect((await collect((await opened).chunks()))[0]!.length).toBe(Math.floor((length - dataAt) / 2));
    }
  });

  it.each([
    ['no samples', wavBytes([new Float32Array(0)]), 'FILE_EMPTY'],
    ['no samples and a note after', wavBytes([[]], { after: [riffChunk('LIST', noise8(8))] }), 'FILE_EMPTY'],
    ['a sample rate of zero', wavBytes([[0.5, 0.5]], { sampleRate: 0 }), 'FILE_DAMAGED'],
    ['a compressed format', withByte(wavBytes([[0.5, 0.5]]), 20, 0x55), 'FILE_UNSUPPORTED'],
    ['ADPCM of 16 bits', withByte(wavBytes([[0.5, 0.5]]), 20, 0x11), 'FILE_DAMAGED'],
    ['no channels', withByte(wavBytes([[0.5, 0.5]]), 22, 0), 'FILE_DAMAGED'],
    ['a wrong block size', withByte(wavBytes([[0.5, 0.5]]), 32, 7), 'FILE_DAMAGED'],
  ])('with %s is refused', async (_what, bytes, code) => {
    await expect(openBytes(bytes)).rejects.toMatchObject({ code });
  });

  it('gives silence for samples that are not numbers', async () => {
    const recording = await openBytes(wavBytes([[0.5, NaN, Infinity, -0.5]], { encoding: 'f32' }));
    expect([...(await collect(recording.chunks()))[0]!]).toEqual([0.5, 0, 0, -0.5]);
  });
});

describe('a compressed file', () => {
  it.each([
    ['mono-16k.flac', 'FLAC', 16_000, 1, 24_000],
    ['mono-16k.ogg', 'Ogg Vorbis', 16_000, 1, 64_000],
    ['stereo-44k1-24bit.flac', 'FLAC', 44_100, 2, 26_460],
    ['stereo-44k1.mp3', 'MP3', 44_100, 2, 26_460],
  ])('%s gives its tones and its exact length', async (name, format, sampleRate, channelCount, samples) => {
    const recording = await openRecording(audioFixture(name));
    expect(recording.info).toMatchObject({
      format,
      sampleRate,
      channels: channelCount,
      seconds: samples / sampleRate,
    });
    const channels = await collect(recording.chunks());
    expect(channels.map((channel) => channel.length)).toEqual(Array(channelCount).fill(samples));
    expect(amplitude(channels[0]!, 440, sampleRate)).toBeCloseTo(0.5, 1);
    if (channelCount === 2) expect(amplitude(channels[1]!, 1_500, sampleRate)).toBeCloseTo(0.5, 1);
    expect(recording.damage).toBeNull();
  });

  it('of FLAC is exact to the bit: its samples have the MD5 that the encoder noted', async () => {
    const path = audioFixture('mono-16k.flac');
    const [decoded] = await collect((await openRecording(path)).chunks());
    const samples = Int16Array.from(decoded!, (sample) => sample * 32_768);
    const noted = (await readFile(path)).subarray(26, 42).toString('hex');
    expect(createHash('md5').update(new Uint8Array(samples.buffer)).digest('hex')).toBe(noted);
  });

  it('of MP3 without a length header plays, its length unknown before', async () => {
    const recording = await openRecording(audioFixture('mono-16k-untagged.mp3'));
    expect(recording.info).toMatchObject({ format: 'MP3', channels: 1, seconds: null });
    const [decoded] = await collect(recording.chunks());
    expect(decoded!.length).toBeGreaterThan(24_000);
    expect(amplitude(decoded!.subarray(4_000, 20_000), 440, 16_000)).toBeCloseTo(0.5, 1);
  });

  it('with an ID3 tag before it is found behind the tag', async () => {
    for (const name of ['mono-16k.flac', 'stereo-44k1.mp3']) {
      const tag = Buffer.concat([
        Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 72]),
        Buffer.alloc(200, 0xff),
      ]);
      const recording = await openBytes(Buffer.concat([tag, await readFile(audioFixture(name))]), 'tagged');
      expect((await collect(recording.chunks()))[0]!.length).toBeGreaterThan(20_000);
      expect(recording.damage).toBeNull();
    }
  });

  it('cut short gives what is there, and says so', async () => {
    for (const name of ['mono-16k.flac', 'mono-16k.ogg', 'stereo-44k1-24bit.flac']) {
      const whole = await readFile(audioFixture(name));
      const complete = await collect((await openRecording(audioFixture(name))).chunks());
      const recording = await openBytes(whole.subarray(0, Math.floor(whole.length * 0.9)), name);
      const [part] = await collect(recording.chunks());
      expect(part!.length).toBeGreaterThan(0);
      expect(part!.length).toBeLessThan(complete[0]!.length);
      expect(recording.damage?.code).toBe('FILE_DAMAGED');
    }
  });

  it('of FLAC with a lost stretch keeps later samples at their time, with silence between', async () => {
    const whole = await readFile(audioFixture('mono-16k.flac'));
    const [complete] = await collect((await openRecording(audioFixture('mono-16k.flac'))).chunks());
    const altered = Buffer.from(whole);
    altered.fill(0x55, Math.floor(whole.length / 2), Math.floor(whole.length / 2) + 100);
    const removed = Buffer.concat([
      whole.subarray(0, whole.length / 2),
      whole.subarray(whole.length / 2 + 300),
    ]);
    for (const bytes of [altered, removed]) {
      const recording = await openBytes(bytes, 'lost.flac');
      const [decoded] = await collect(recording.chunks());
      expect(recording.damage?.code).toBe('FILE_DAMAGED');
      expect(decoded!.length).toBe(complete!.length);
      const differing = decoded!.reduce((count, sample, i) => count + (sample === complete![i] ? 0 : 1), 0);
      expect(differing).toBeGreaterThan(1_000);
      expect(differing).toBeLessThan(6_000);
      expect(decoded!.subarray(-4_000)).toEqual(complete!.subarray(-4_000));
    }
  });
});

describe('a range', () => {
  it.each(['mono-16k.flac', 'mono-16k.ogg', 'stereo-44k1.mp3', 'made.wav'])(
    'of %s holds the very samples that the whole recording has there',
    async (name) => {
      const path =
        name === 'made.wav'
          ? await scratch.write(name, wavBytes([noise(90_000)], { sampleRate: 44_100 }))
          : audioFixture(name);
      const recording = await openRecording(path);
      const { sampleRate } = recording.info;
      const [whole] = await collect(recording.chunks());
      for (const [start, duration] of [
        [0, 0.1],
        [0.25, 0.2],
        [0.5, 60],
      ] as const) {
        const from = Math.round(start * sampleRate);
        const [part] = await collect(recording.range(start, duration), from);
        expect(part).toEqual(whole!.subarray(from, Math.round((start + duration) * sampleRate)));
      }
      expect(await collect(recording.range(1e5, 1))).toEqual([]);
    },
  );
});

describe('FLAC, entered near the beginning of a range', () => {
  it.each(['mono-16k.flac', 'stereo-44k1-24bit.flac'])(
    'gives the samples of %s from anywhere on',
    async (name) => {
      const recording = await openRecording(audioFixture(name));
      const whole = await collect(recording.chunks());
      for (let from = 0; from < whole[0]!.length; from += 977) {
        const part = await collect(recording.samples(from, from + 500), from);
        expect(part).toEqual(whole.map((channel) => channel.subarray(from, from + 500)));
      }
    },
  );

  it('knows nothing of what is damaged before it, and keeps the time of what is lost in it', async () => {
    const whole = await readFile(audioFixture('mono-16k.flac'));
    const [complete] = await collect((await openRecording(audioFixture('mono-16k.flac'))).chunks());
    const altered = Buffer.from(whole);
    altered.fill(0x55, Math.floor(whole.length / 2), Math.floor(whole.length / 2) + 100);
    const last = await openBytes(altered, 'late.flac');
    const end = complete!.length;
    expect(await collect(last.samples(end - 2_000, Infinity), end - 2_000)).toEqual([
      complete!.subarray(-2_000),
    ]);
    expect(last.damage).toBeNull();
    const recording = await openBytes(altered, 'lost.flac');
    const [decoded] = await collect(recording.chunks());
    const lost = decoded!.findIndex((sample, i) => sample !== complete![i]);
    for (const from of [lost - 100, lost + 100, lost + 3_000]) {
      const [part] = await collect(recording.samples(from, Infinity), from);
      expect(part).toEqual(decoded!.subarray(from));
    }
  });
});

describe('what is no recording', () => {
  it('is refused with a code of its own', async () => {
    const folder = join(scratch.folder, 'folder.wav');
    await mkdir(folder);
    await expect(openRecording(join(scratch.folder, 'nothing.wav'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    await expect(openRecording(folder)).rejects.toMatchObject({ code: 'FILE_NOT_AUDIO' });
    await expect(openBytes('')).rejects.toMatchObject({ code: 'FILE_EMPTY' });
    await expect(openBytes('Site notes: rain until noon.\n')).rejects.toMatchObject({
      code: 'FILE_NOT_AUDIO',
    });
    await expect(openBytes(new Uint8Array(100_000))).rejects.toMatchObject({ code: 'FILE_NOT_AUDIO' });
    await expect(openBytes('caff\0\x01\0\0')).rejects.toMatchObject({ code: 'FILE_UNSUPPORTED' });
    await expect(openBytes('RIFF\0\0\0\0AVI LIST')).rejects.toMatchObject({ code: 'FILE_NOT_AUDIO' });
  });

  it('names the first bytes, so that a person sees what the file is', async () => {
    const refused = await openBytes('Site notes: rain').catch((error: unknown) => error as Error);
    expect((refused as Error).message).toContain('"Site notes: rain"');
  });

  it('does not wait for a writer when it is a pipe', async () => {
    const pipe = join(scratch.folder, 'pipe.wav');
    execFileSync('mkfifo', [pipe]);
    await expect(openRecording(pipe)).rejects.toMatchObject({ code: 'FILE_NOT_AUDIO' });
  });

  it('is told apart from what may not be read', async () => {
    const path = await scratch.write('secret.wav', wavBytes([noise(100)]));
    const open = () => unprivileged(scratch.folder, () => openRecording(path));
    expect((await open()).info.format).toBe('WAV');
    await chmod(path, 0);
    await expect(open()).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe('an aborted decoding', () => {
  it('stops at the next piece with ABORTED', async () => {
    const long = await scratch.write('long.wav', wavBytes([noise(400_000)]));
    const copy = join(scratch.folder, 'copy.flac');
    await copyFile(audioFixture('stereo-44k1-24bit.flac'), copy);
    for (const path of [long, copy]) {
      const abort = new AbortController();
      const recording = await openRecording(path, { signal: abort.signal });
      let chunks = 0;
      const run = (async () => {
        for await (const chunk of recording.chunks()) {
          chunks += chunk.channels.length > 0 ? 1 : 0;
          abort.abort();
        }
      })();
      await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
      expect(chunks).toBe(1);
    }
    await expect(openRecording(long, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

function noise8(length: number): Uint8Array {
  return Uint8Array.from(noise(length, length), (sample) => (sample + 0.5) * 256);
}

function withByte(bytes: Uint8Array, at = -1, value = 0): Uint8Array {
  const altered = bytes.slice();
  if (at >= 0) altered[at] = value;
  return altered;
}

it.each(['mono-16k.flac', 'mono-16k.ogg', 'mono-48k.opus', 'mono-16k-untagged.mp3', 'stale.wav'])(
  'what is written behind %s once it was opened, or looked at, is no part of it',
  async (name) => {
    const stale = wavBytes([noise(16_000)]);
    new DataView(stale.buffer).setUint32(40, 0, true);
    const bytes = name === 'stale.wav' ? stale : new Uint8Array(await readFile(audioFixture(name)));
    const path = await scratch.write(`grown-${name}`, bytes);
    const before = await collect((await openRecording(path)).chunks());
    const opened = await openRecording(path);
    await appendFile(path, name === 'stale.wav' ? bytes.subarray(44) : bytes);
    expect(await collect(opened.chunks())).toEqual(before);
    expect(await collect((await openRecording(path, { most: bytes.length })).chunks())).toEqual(before);
  },
);
