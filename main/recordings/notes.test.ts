/** Recordings as recorders leave them when something went wrong: all that is there is used, and it is told. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecording } from './decode.ts';
import { audioFixture, noise, riffChunk, scratchFolder, wavBytes } from './testing.ts';

const fixture = (name: string) => readFile(audioFixture(name));

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

/** Decodes all of it. */
async function heard(bytes: Uint8Array) {
  const recording = await openRecording(await scratch.write('odd', bytes));
  const samples: number[] = [];
  for await (const { channels } of recording.chunks()) samples.push(...channels[0]!);
  const notes = recording.notes.map(({ code, level }) => `${code}: ${level}`);
  return { samples, notes, text: recording.notes[0]?.text };
}

const concatenated = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

const sound = noise(4_000);

describe('a WAV file', () => {
  it.each([44, 2_000, 4_000])('whose data size was left at %i of 8000 bytes is used whole', async (size) => {
    const { samples, notes, text } = await heard(wavBytes([sound], { claimedBytes: size }));
    expect(samples).toHaveLength(4_000);
    expect(notes).toEqual(['header-stale: note']);
    expect(text).toContain(`${size} bytes`);
  });

  it('ends where its size says when another chunk stands there', async () => {
    for (const id of ['LIST', 'abcd']) {
      const after = [riffChunk(id, new Uint8Array(1_000))];
      const { samples, notes } = await heard(wavBytes([sound], { after }));
      expect(samples).toHaveLength(4_000);
      expect(notes).toEqual([]);
    }
  });

  it('ends where its size says when a tag of another kind of file was put behind it', async () => {
    const latin = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
    const tags = [
      concatenated(latin('ID3\x04\0\0\0\x02\0\0'), new Uint8Array(40_000).fill(77)),
      concatenated(latin('APETAGEX'), new Uint8Array(900).fill(77)),
      concatenated(latin('TAG'), new Uint8Array(125).fill(32)),
    ];
    for (const tag of tags) {
      const { samples, notes } = await heard(concatenated(wavBytes([sound]), tag));
      expect(samples).toHaveLength(4_000);
      expect(notes).toEqual([]);
    }
  });

  it('whose size counts its header too is used whole, and not damaged', async () => {
    const { samples, notes } = await heard(wavBytes([sound], { claimedBytes: 8_044 }));
    expect(samples).toHaveLength(4_000);
    expect(notes).toEqual(['header-stale: note']);
  });

  it('cut short gives what is there, and says that it is damaged', async () => {
    const { samples, notes } = await heard(wavBytes([sound]).subarray(0, 4_044));
    expect(samples).toHaveLength(2_000);
    expect(notes).toEqual(['cut-short: damaged']);
  });

  it('with an odd LIST that lacks its padding is read from where the samples are', async () => {
    const unpadded = riffChunk('LIST', new Uint8Array(25)).subarray(0, 33);
    const { samples, notes } = await heard(wavBytes([sound], { before: [unpadded] }));
    expect(samples).toHaveLength(4_000);
    expect(notes).toEqual(['list-unpadded: note']);
  });

  it('with samples that are no numbers says what share they are', async () => {
    const { notes, text } = await heard(wavBytes([[NaN, 0.5, Infinity, 0.25]], { encoding: 'f32' }));
    expect(notes).toEqual(['not-a-number: note']);
    expect(text).toContain('50.0 %');
  });

  it('of channels that cancel each other says so, and of others does not', async () => {
    const turned = sound.map((sample) => -sample);
    expect((await heard(wavBytes([sound, turned]))).notes).toEqual(['antiphase: note']);
    expect((await heard(wavBytes([sound, sound]))).notes).toEqual([]);
    expect((await heard(wavBytes([sound, noise(4_000, 2)]))).notes).toEqual([]);
    expect((await heard(wavBytes([new Float32Array(9), new Float32Array(9)]))).notes).toEqual([]);
  });

  it('at a rate below that of experts says that most of the band is missing', async () => {
    expect((await heard(wavBytes([sound], { sampleRate: 4_000 }))).notes).toEqual(['band-missing: note']);
  });

  it.each([
    ['A-law', 6, [0xd5, 0x55, 0xaa, 0x2a], [8, -8, 32_256, -32_256]],
    ['µ-law', 7, [0xff, 0x7f, 0x80, 0x00], [0, 0, 32_124, -32_124]],
  ])('of %s has the levels of G.711', async (_name, tag, codes, levels) => {
    const bytes = wavBytes([[0, 0, 0, 0]], { encoding: 'u8' });
    bytes[20] = tag;
    bytes.set(codes, 44);
    const { samples, notes } = await heard(bytes);
    expect(samples.map((sample) => sample * 32_768 + 0)).toEqual(levels);
    expect(notes).toEqual([]);
  });
});

describe('a FLAC file', () => {
  /** @param total 0: not known */
  const withTotal = (whole: Uint8Array, total: number) => {
    const bytes = Buffer.from(whole);
    bytes[21]! &= 0xf0;
    bytes.writeUInt32BE(total, 22);
    return bytes;
  };

  it('whose header promises half of its samples is used whole', async () => {
    const whole = await fixture('mono-16k.flac');
    const { samples, notes } = await heard(withTotal(whole, 12_000));
    expect(samples).toEqual((await heard(whole)).samples);
    expect(notes).toEqual(['header-stale: note']);
  });

  it('without a length says where it is cut inside a frame, and nothing where it is whole', async () => {
    const streamed = withTotal(await fixture('mono-16k.flac'), 0);
    expect((await heard(streamed)).notes).toEqual([]);
    const cut = await heard(streamed.subarray(0, streamed.length - 100));
    expect(cut.samples.length).toBeGreaterThan(10_000);
    expect(cut.samples.length).toBeLessThan(24_000);
    expect(cut.notes).toEqual(['cut-short: damaged']);
  });
});

describe('an Ogg Vorbis file', () => {
  it('of streams that follow each other is used whole', async () => {
    const one = await fixture('mono-16k.ogg');
    const { samples, notes } = await heard(Buffer.concat([one, one]));
    expect(samples).toHaveLength(2 * 64_000);
    expect(samples.slice(64_000)).toEqual(samples.slice(0, 64_000));
    expect(notes).toEqual(['second-stream: note']);
  });

  it('with something else behind its stream leaves that out, and says so', async () => {
    const { samples, notes } = await heard(Buffer.concat([await fixture('mono-16k.ogg'), Buffer.alloc(500)]));
    expect(samples).toHaveLength(64_000);
    expect(notes).toEqual(['second-stream: damaged']);
  });
});
