/** Formats whose samples lie block after block, from bytes that are made here by their descriptions. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CurlewError } from '../contract/error.ts';
import { openRecording } from './decode.ts';
import { noise, riffChunk, scratchFolder, wavBytes } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

async function heard(bytes: Uint8Array, from = 0, to = Infinity) {
  const recording = await openRecording(await scratch.write('kind', bytes));
  const channels = Array.from({ length: recording.info.channels }, (): number[] => []);
  for await (const chunk of recording.samples(from, to))
    chunk.channels.forEach((samples, channel) => channels[channel]!.push(...samples));
  return { info: recording.info, notes: recording.notes.map(({ code }) => code), channels };
}
/** As whole numbers of 16 bits. */
const levels = ({ channels }: { channels: number[][] }) =>
  channels.map((samples) => samples.map((sample) => sample * 32_768));

const join = (...parts: (Uint8Array | string)[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1'))));
function fields(...all: [bytes: 1 | 2 | 4 | 8, value: number][]): Uint8Array {
  const out = Buffer.alloc(all.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of all) {
    if (bytes === 8) out.writeBigUInt64LE(BigInt(value), at);
    else if (value < 0) out.writeIntLE(value, at, bytes);
    else out.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return out;
}

/** A WAV file of ADPCM. @param extension what its format chunk has behind the usual 16 bytes */
function adpcm(
  tag: number,
  channels: number,
  blockBytes: number,
  extension: Uint8Array,
  data: Uint8Array,
  samples?: number,
) {
  const format = fields([2, tag], [2, channels], [4, 16_000], [4, 0], [2, blockBytes], [2, 4]);
  const fact = samples === undefined ? new Uint8Array() : riffChunk('fact', fields([4, samples]));
  const body = join('WAVE', riffChunk('fmt ', join(format, extension)), fact, riffChunk('data', data));
  return join('RIFF', fields([4, body.length]), body);
}

describe('IMA ADPCM', () => {
  const ima = (channels: number, blockBytes: number, data: Uint8Array, samples?: number) =>
    adpcm(0x11, channels, blockBytes, fields([2, 2], [2, 0]), data, samples);

  it('is read code by code, as its description reckons', async () => {
    // From 0 with the step 7: +11, then with 16: −30, then with 34: +4, with 31: −3.
    const block = join(fields([2, 0], [1, 0], [1, 0]), Uint8Array.of(0xf7, 0x80, 0, 0));
    expect(levels(await heard(ima(1, 8, block)))[0]!.slice(0, 5)).toEqual([0, 11, -19, -15, -18]);
  });

  it('of two channels has them in turns of eight samples, and each block begins anew', async () => {
    const head = (level: number) => fields([2, level], [1, 0], [1, 0]);
    const zeros = new Uint8Array(4);
    const seven = Uint8Array.of(7, 0, 0, 0);
    const block = (one: number, other: number) => join(head(one), head(other), seven, zeros, zeros, seven);
    const whole = ima(2, 24, join(block(100, -100), block(1_000, -1_000)));
    const all = levels(await heard(whole));
    expect(all.map((samples) => samples.length)).toEqual([34, 34]);
    expect([all[0]![0], all[0]![1], all[1]![0], all[0]![17], all[1]![17]]).toEqual([
      100, 111, -100, 1_000, -1_000,
    ]);
    for (const from of [0, 1, 16, 17, 18, 33]) {
      expect(levels(await heard(whole, from, from + 5)), `from ${from}`).toEqual(
        all.map((samples) => samples.slice(from, from + 5)),
      );
    }
  });

  it('ends where its header tells, within the last block, which may be cut off', async () => {
    const blocks = new Uint8Array(3 * 36);
    expect((await heard(ima(1, 36, blocks))).channels[0]).toHaveLength(3 * 65);
    expect((await heard(ima(1, 36, blocks, 150))).channels[0]).toHaveLength(150);
    // Another number of samples is not of this sound.
    expect((await heard(ima(1, 36, blocks, 20))).channels[0]).toHaveLength(3 * 65);
    expect((await heard(ima(1, 36, blocks.subarray(0, 80)))).channels[0]).toHaveLength(2 * 65 + 9);
  });
});

describe('Microsoft’s ADPCM', () => {
  const weights = [
    [256, 0],
    [512, -256],
  ] as const;
  const extension = fields(
    ...([
      [2, 4 + 4 * weights.length],
      [2, 0],
      [2, weights.length],
    ] as [2, number][]),
    ...weights.flat().map((weight): [2, number] => [2, weight]),
  );
  const microsoft = (channels: number, blockBytes: number, data: Uint8Array) =>
    adpcm(2, channels, blockBytes, extension, data);

  it('is read code by code, as its description reckons', async () => {
    const head = fields([1, 0], [2, 16], [2, 100], [2, 50]);
    // The last sample, and 1, −1 and 4 times the step of 16, which then is 19; −8 times that; then it is 57.
    const block = join(head, Uint8Array.of(0x1f, 0x48, 0x10));
    expect(levels(await heard(microsoft(1, 10, block)))[0]).toEqual([50, 100, 116, 100, 164, 12, 69, 69]);
  });

  it('of two channels predicts each by its own pair of weights', async () => {
    const head = fields([1, 0], [1, 1], [2, 16], [2, 16], [2, 100], [2, 100], [2, 50], [2, 50]);
    const whole = levels(await heard(microsoft(2, 16, join(head, Uint8Array.of(0, 0)))));
    expect(whole).toEqual([
      [50, 100, 100, 100],
      [50, 100, 150, 200],
    ]);
  });
});

/** 16,000 as a float of 80 bits. */
const rate16k = Uint8Array.of(0x40, 0x0c, 0xfa, 0, 0, 0, 0, 0, 0, 0);
const bigChunk = (id: string, body: Uint8Array, size = body.length) =>
  join(id, fields([4, size]).reverse(), body, new Uint8Array(body.length % 2));
function aiff(type: string | null, bits: number, channels: number, data: Uint8Array, size?: number) {
  const shorts = (...all: number[]) => join(...all.map((value) => fields([2, value]).reverse()));
  const common = bigChunk(
    'COMM',
    join(shorts(channels), fields([4, 0]), shorts(bits), rate16k, type === null ? '' : `${type}\x04none\0`),
  );
  const sound = bigChunk('SSND', join(new Uint8Array(8), data), size);
  const body = join(type === null ? 'AIFF' : 'AIFC', bigChunk('ANNO', join('odd')), common, sound);
  return join('FORM', fields([4, body.length]).reverse(), body);
}

describe('AIFF', () => {
  const value = -0.25;
  it.each([
    [null, 8, [0xe0]],
    [null, 12, [0xe0, 0]],
    [null, 16, [0xe0, 0]],
    [null, 24, [0xe0, 0, 0]],
    [null, 32, [0xe0, 0, 0, 0]],
    ['NONE', 16, [0xe0, 0]],
    ['twos', 16, [0xe0, 0]],
    ['sowt', 16, [0, 0xe0]],
    ['sowt', 24, [0, 0, 0xe0]],
    ['in24', 24, [0xe0, 0, 0]],
    ['42ni', 24, [0, 0, 0xe0]],
    ['23ni', 32, [0, 0, 0, 0xe0]],
    ['raw ', 8, [0x60]],
    ['fl32', 32, [0xbe, 0x80, 0, 0]],
    ['FL64', 64, [0xbf, 0xd0, 0, 0, 0, 0, 0, 0]],
  ])('of type %s with %i bits is read', async (type, bits, bytes) => {
    const other = bytes.map(() => 0);
    const data = Uint8Array.from([...bytes, ...other, ...bytes, ...other]);
    const { info, channels, notes } = await heard(aiff(type, bits, 2, data));
    expect(info).toMatchObject({ format: 'AIFF', sampleRate: 16_000, channels: 2, seconds: 2 / 16_000 });
    const silence = type === 'raw ' ? -1 : 0;
    expect(channels).toEqual([
      [value, value],
      [silence, silence],
    ]);
    expect(notes).toEqual([]);
  });

  it('cut short, or never closed, gives what is there', async () => {
    const whole = aiff(null, 16, 1, new Uint8Array(8_000));
    const cut = await heard(whole.subarray(0, whole.length - 4_000));
    expect([cut.channels[0]!.length, cut.notes]).toEqual([2_000, ['cut-short']]);
    expect((await heard(aiff(null, 16, 1, new Uint8Array(8_000), 0))).channels[0]).toHaveLength(4_000);
  });

  it.each([
    ['ima4', 16, 1, 'FILE_UNSUPPORTED'],
    [null, 16, 0, 'FILE_DAMAGED'],
    [null, 0, 1, 'FILE_DAMAGED'],
    [null, 40, 1, 'FILE_DAMAGED'],
  ])('of type %s with %i bits and %i channels is refused', async (type, bits, channels, code) => {
    await expect(heard(aiff(type, bits, channels, new Uint8Array(8)))).rejects.toMatchObject({ code });
  });
});

const guid = (name: string) =>
  join(
    name,
    name === 'riff'
      ? Uint8Array.of(0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0, 0)
      : Uint8Array.of(0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a),
  );
function wave64(samples: ArrayLike<number>, dataBytes?: number) {
  const wav = wavBytes([samples]);
  const chunk = (name: string, body: Uint8Array, size = body.length + 24) =>
    join(guid(name), fields([8, size]), body, new Uint8Array((8 - (body.length % 8)) % 8));
  const chunks = join(
    guid('wave'),
    chunk('fact', new Uint8Array(3)),
    chunk('fmt ', wav.subarray(20, 36)),
    chunk('data', wav.subarray(44), dataBytes),
  );
  return join(guid('riff'), fields([8, chunks.length + 24]), chunks);
}

describe('Wave64', () => {
  it('is read as WAV is, also where it was never closed or is cut short', async () => {
    const sound = noise(1_001);
    const expected = (await heard(wavBytes([sound]))).channels;
    const { info, channels } = await heard(wave64(sound));
    expect(info).toMatchObject({ format: 'Wave64', sampleRate: 16_000, seconds: 1_001 / 16_000 });
    expect(channels).toEqual(expected);
    for (const unknown of [0, 24]) {
      const { channels: all } = await heard(wave64(sound, unknown));
      expect(all[0]!.slice(0, 1_001)).toEqual(expected[0]);
    }
    const cut = await heard(wave64(sound).subarray(0, 1_000));
    expect(cut.notes).toEqual(['cut-short']);
    expect(expected[0]!.slice(0, cut.channels[0]!.length)).toEqual(cut.channels[0]);
  });
});

it('whatever bytes such a file holds, it is read or refused', async () => {
  const wholes = [
    adpcm(0x11, 2, 24, fields([2, 2], [2, 17]), new Uint8Array(96), 60),
    adpcm(2, 1, 10, fields([2, 8], [2, 8], [2, 1], [2, 256], [2, 0]), new Uint8Array(40)),
    aiff('sowt', 16, 2, new Uint8Array(64)),
    wave64(noise(40)),
  ];
  const changes = fc.array(fc.record({ at: fc.nat(200), value: fc.nat(255) }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...wholes), fc.nat(300), changes, async (whole, length, changed) => {
      const bytes = whole.slice(0, length);
      for (const { at, value } of changed) if (at < bytes.length) bytes[at] = value;
      try {
        const { channels } = await heard(bytes);
        expect(channels.every((samples) => samples.every(Number.isFinite))).toBe(true);
      } catch (thrown) {
        if (!(thrown instanceof CurlewError && thrown.code.startsWith('FILE_'))) throw thrown;
      }
    }),
    { numRuns: 500 },
  );
});
