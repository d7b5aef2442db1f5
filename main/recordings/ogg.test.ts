/** Opus and FLAC in Ogg, their packets put into pages in every way. */
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CurlewError } from '../contract/error.ts';
import { openRecording } from './decode.ts';
import { flacCrc16, parseFlacHeader, parseStreamInfo } from './flac-frames.ts';
import { parseOggPage } from './ogg-pages.ts';
import { OggPackets } from './ogg-stream.ts';
import { opusHead, opusSamples } from './opus.ts';
import { audioFixture, oggPage, scratchFolder, tone } from './testing.ts';

const fixture = (name: string) => readFile(audioFixture(name));

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  // The decoders' packages write each error to the console as well.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  scratch = await scratchFolder();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await scratch.remove();
});

async function heard(bytes: Uint8Array) {
  const recording = await openRecording(await scratch.write('sound', bytes));
  const samples: number[] = [];
  for await (const { channels, startSample } of recording.chunks()) {
    expect(startSample).toBe(samples.length);
    samples.push(...channels[0]!);
  }
  return {
    info: recording.info,
    notes: recording.notes.map(({ code, level }) => `${code}: ${level}`),
    samples,
  };
}

function packetsOf(bytes: Uint8Array): Uint8Array[] {
  const packets = new OggPackets();
  const all: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const page = parseOggPage(bytes, at);
    if (page === null || page === 'short') throw new Error('no page');
    all.push(...packets.push(bytes.subarray(at, at + page.length)));
    at += page.length;
  }
  return all;
}

/** The packets cut into pages of so many segments, wherever that parts them. */
function paged(packets: readonly Uint8Array[], segments: number, granule: bigint, serial = 1): Uint8Array {
  const pieces = packets.flatMap((packet) => {
    const count = Math.floor(packet.length / 255) + 1;
    return Array.from({ length: count }, (_, i) => packet.subarray(i * 255, (i + 1) * 255));
  });
  const pages: Uint8Array[] = [];
  let continued = false;
  for (let at = 0; at < pieces.length; at += segments) {
    const some = pieces.slice(at, at + segments);
    const joined: Uint8Array[] = [];
    let part: Uint8Array[] = [];
    for (const piece of some) {
      part.push(piece);
      if (piece.length === 255) continue;
      joined.push(Buffer.concat(part));
      part = [];
    }
    const open = part.length > 0;
    if (open) joined.push(Buffer.concat(part));
    const isLast = at + segments >= pieces.length;
    const flags = (continued ? 1 : 0) | (at === 0 ? 2 : 0) | (isLast ? 4 : 0);
    const told = isLast ? granule : -1n;
    pages.push(oggPage(joined, { serial, sequence: pages.length, granule: told, flags, open }));
    continued = open;
  }
  return Buffer.concat(pages);
}

describe('Opus', () => {
  it('is read at 48 kHz, without the decoder’s beginning and what fills the last packet', async () => {
    const { info, samples, notes } = await heard(await fixture('mono-48k.opus'));
    expect(info).toMatchObject({ format: 'Opus', sampleRate: 48_000, channels: 1, seconds: 1.5 });
    expect(samples).toHaveLength(72_000);
    expect(notes).toEqual([]);
    const expected = tone(1.5, 48_000, 440);
    let [signal, error] = [0, 0];
    for (let i = 4_800; i < 67_200; i++) {
      signal += expected[i]! ** 2;
      error += (samples[i]! - expected[i]!) ** 2;
    }
    expect(10 * Math.log10(signal / error)).toBeGreaterThan(30);
  });

  it('comes out the same however its packets lie in pages', async () => {
    const whole = await fixture('mono-48k.opus');
    const packets = packetsOf(whole);
    const { samples } = await heard(whole);
    // A page that holds the last packet alone tells where the sound ends.
    for (const segments of [1, 2, 3, 7, 200]) {
      expect((await heard(paged(packets, segments, 72_312n))).samples, `${segments}`).toEqual(samples);
    }
  });

  it('of streams that follow each other, or cut short, gives all that is there and tells of it', async () => {
    const whole = await fixture('mono-48k.opus');
    const two = await heard(Buffer.concat([whole, whole]));
    expect([two.samples.length, two.notes]).toEqual([144_000, ['second-stream: note']]);
    const cut = await heard(whole.subarray(0, 9_000));
    expect([cut.samples.length, cut.notes]).toEqual([50 * 960 - 312, ['cut-short: damaged']]);
  });

  it('that was cut out of a longer stream begins where it begins', async () => {
    const packets = packetsOf(await fixture('mono-48k.opus'));
    const pages = [
      oggPage(packets.slice(0, 1), { flags: 2 }),
      oggPage(packets.slice(1, 2), { sequence: 1 }),
      oggPage(packets.slice(2, 12), { sequence: 2, granule: 1_000_000n }),
      oggPage(packets.slice(12, 22), { sequence: 3, granule: 1_009_000n, flags: 4 }),
    ];
    expect((await heard(Buffer.concat(pages))).samples).toHaveLength(9_600 - 312 + 9_000);
  });

  it('is as loud as its header says', async () => {
    const [head, ...rest] = packetsOf(await fixture('mono-48k.opus'));
    const louder = Buffer.from(head!);
    louder.writeInt16LE(Math.round(20 * Math.log10(0.5) * 256), 16);
    const [one, other] = [
      await heard(paged([head!, ...rest], 5, 72_312n)),
      await heard(paged([louder, ...rest], 5, 72_312n)),
    ];
    expect(other.samples[30_000]! / one.samples[30_000]!).toBeCloseTo(0.5, 3);
  });

  it('whose packet is altered has silence in its place, and says so', async () => {
    const packets = packetsOf(await fixture('mono-48k.opus'));
    // A packet of code 3 that counts no frames is none; one too long for any decoder is of noise.
    packets[10] = Buffer.alloc(5_000, packets[10]![0]);
    const { samples, notes } = await heard(paged(packets, 40, 72_312n));
    expect(samples).toHaveLength(72_000);
    expect(notes).toEqual(['lost-frames: damaged']);
    const from = 8 * 960 - 312;
    expect(samples.slice(from, from + 960).every((sample) => sample === 0)).toBe(true);
  });

  it.each([
    [[0x00], 480],
    [[0x18], 2_880],
    [[0x61], 960],
    [[0x78], 960],
    [[0x80], 120],
    [[0xf8], 960],
    [[0xfb, 3], 2_880],
    [[0x1b, 2], 5_760],
    [[0x1b, 3], 0],
    [[0xff], 0],
    [[], 0],
  ])('packet %j lasts %i samples', (bytes, samples) => {
    expect(opusSamples(Uint8Array.from(bytes))).toBe(samples);
  });

  it('of more channels has them mapped, and a head that cannot be is none', () => {
    const head = (...bytes: number[]) =>
      opusHead(Buffer.concat([Buffer.from('OpusHead\x01', 'latin1'), Uint8Array.from(bytes)]));
    const rest = [0, 0, 0x80, 0xbb, 0, 0, 0, 0];
    expect(head(4, ...rest, 1, 2, 2, 0, 1, 2, 3)).toMatchObject({
      streams: 2,
      coupled: 2,
      mapping: [0, 1, 2, 3],
    });
    expect(head(4, ...rest, 1, 2, 2, 0, 1, 2, 4)).toBeNull();
    expect(head(4, ...rest, 1, 1, 2, 0, 1, 2, 2)).toBeNull();
    expect(head(4, ...rest, 1, 2, 2, 0, 1)).toBeNull();
    expect(head(3, ...rest, 0)).toBeNull();
    expect(head(0, ...rest, 0)).toBeNull();
  });
});

describe('FLAC in Ogg', () => {
  /** The packets that such a stream has, of the frames of a FLAC file. */
  async function packetsOfFlac(): Promise<Uint8Array[]> {
    const file = await fixture('mono-16k.flac');
    const info = parseStreamInfo(file.subarray(8, 42));
    let at = 4;
    for (let last = false; !last;) {
      last = (file[at]! & 0x80) !== 0;
      at += 4 + file.readUIntBE(at + 1, 3);
    }
    const frames: Uint8Array[] = [];
    for (let end = at + 1; end <= file.length; end++) {
      const isEnd = end === file.length || parseFlacHeader(file, end, info) !== null;
      if (!isEnd || flacCrc16(file, at, end, 0) !== 0) continue;
      frames.push(file.subarray(at, end));
      at = end;
    }
    const head = Buffer.concat([Buffer.from('\x7fFLAC\x01\0\0\x01', 'latin1'), file.subarray(0, 42)]);
    return [head, Buffer.from([0x84, 0, 0, 0]), ...frames];
  }

  it('comes out as the file does, however its packets lie in pages', async () => {
    const packets = await packetsOfFlac();
    const { samples } = await heard(await fixture('mono-16k.flac'));
    for (const segments of [1, 5, 200]) {
      const { info, samples: all, notes } = await heard(paged(packets, segments, 24_000n));
      expect(info).toMatchObject({ format: 'Ogg FLAC', sampleRate: 16_000, channels: 1, seconds: 1.5 });
      expect(all).toEqual(samples);
      expect(notes).toEqual([]);
    }
  });

  it('of streams that follow each other is used whole, and where a frame is lost there is silence', async () => {
    const packets = await packetsOfFlac();
    const whole = paged(packets, 20, 24_000n);
    const two = await heard(Buffer.concat([whole, paged(packets, 20, 24_000n, 2)]));
    expect([two.samples.length, two.notes]).toEqual([48_000, ['second-stream: note']]);
    const broken = [...packets];
    broken[3] = Buffer.from(broken[3]!);
    broken[3]![100]! ^= 1;
    const lost = await heard(paged(broken, 20, 24_000n));
    expect([lost.samples.length, lost.notes]).toEqual([24_000, ['lost-frames: damaged']]);
  });
});

it('an Ogg file of another codec says which, and what to do', async () => {
  const speex = oggPage([Buffer.from('Speex   1.2')], { flags: 2 });
  await expect(heard(speex)).rejects.toMatchObject({
    code: 'FILE_UNSUPPORTED',
    context: { format: 'Speex' },
  });
});

it('whatever bytes an Opus file holds, it is read or refused', async () => {
  const packets = packetsOf(await fixture('mono-48k.opus')).slice(0, 20);
  const change = fc.record({ packet: fc.nat(19), at: fc.nat(60), value: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 8 }),
      fc.integer({ min: 1, max: 30 }),
      async (changes, segments) => {
        const altered = packets.map((packet) => Uint8Array.from(packet));
        for (const { packet, at, value } of changes) altered[packet]![at % altered[packet]!.length] = value;
        try {
          const { samples } = await heard(paged(altered, segments, 16_000n));
          expect(samples.every(Number.isFinite)).toBe(true);
        } catch (thrown) {
          if (!(thrown instanceof CurlewError && thrown.code.startsWith('FILE_'))) throw thrown;
        }
      },
    ),
    { numRuns: 100 },
  );
});
