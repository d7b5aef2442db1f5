import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutClip } from './cut-clip.ts';
import { noise, scratchFolder, wavBytes } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

/** By the RIFF description: the chunks of a file, and what its format chunk says. */
function readWav(wav: Uint8Array) {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  const word = (at: number) => Buffer.from(wav.subarray(at, at + 4)).toString('latin1');
  expect([word(0), word(8)]).toEqual(['RIFF', 'WAVE']);
  expect(view.getUint32(4, true)).toBe(wav.length - 8);
  const chunks = new Map<string, DataView>();
  for (let at = 12; at < wav.length;) {
    const size = view.getUint32(at + 4, true);
    chunks.set(word(at), new DataView(wav.buffer, wav.byteOffset + at + 8, size));
    at += 8 + size + (size % 2);
  }
  const format = chunks.get('fmt ')!;
  const data = chunks.get('data')!;
  return {
    ...{
      tag: format.getUint16(0, true),
      channels: format.getUint16(2, true),
      rate: format.getUint32(4, true),
    },
    ...{
      bytesASecond: format.getUint32(8, true),
      block: format.getUint16(12, true),
      bits: format.getUint16(14, true),
    },
    samples: Array.from({ length: data.byteLength / 2 }, (_, i) => data.getInt16(2 * i, true)),
  };
}

const format = 'wav';
const rate = 44_100;
const whole = Array.from({ length: rate }, (_, i) => ((i * 7919) % 65_536) - 32_768);

describe('a clip', () => {
  it('holds the very samples of a recording of 16 bits, from and to the nearest sample', async () => {
    const path = await scratch.write(
      'a.wav',
      wavBytes([whole.map((value) => value / 32_768)], { sampleRate: rate }),
    );
    const clip = await cutClip(path, { startS: 0.1234567, endS: 0.6, channel: null, format });
    const first = Math.round(0.1234567 * rate);
    const last = Math.round(0.6 * rate);
    expect(clip).toMatchObject({ sampleRate: rate, startSample: first, samples: last - first });
    expect(readWav(clip.file)).toEqual({
      ...{ tag: 1, channels: 1, rate, bytesASecond: 2 * rate, block: 2, bits: 16 },
      samples: whole.slice(first, last),
    });
  });

  it('ends where the recording begins and ends', async () => {
    const path = await scratch.write(
      'b.wav',
      wavBytes([whole.map((value) => value / 32_768)], { sampleRate: rate }),
    );
    expect(await cutClip(path, { startS: -1, endS: 0.5, channel: null, format })).toMatchObject({
      startSample: 0,
      samples: rate / 2,
    });
    const end = await cutClip(path, { startS: 0.5, endS: 9, channel: null, format });
    expect(readWav(end.file).samples).toEqual(whole.slice(rate / 2));
  });

  it('keeps all channels, or one', async () => {
    const [left, right] = [noise(800, 1), noise(800, 2)];
    const path = await scratch.write('c.wav', wavBytes([left, right], { sampleRate: 8000 }));
    const as16 = (samples: Float32Array) => [...samples].map((value) => Math.round(value * 32_768));
    const both = readWav((await cutClip(path, { startS: 0, endS: 0.1, channel: null, format })).file);
    expect([both.channels, both.block]).toEqual([2, 4]);
    expect(both.samples).toEqual(as16(left).flatMap((value, i) => [value, as16(right)[i]!]));
    const one = readWav((await cutClip(path, { startS: 0, endS: 0.1, channel: 1, format })).file);
    expect([one.channels, one.samples]).toEqual([1, as16(right)]);
    await expect(cutClip(path, { startS: 0, endS: 0.1, channel: 2, format })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('holds full scale of a float recording without turning it over', async () => {
    const path = await scratch.write(
      'd.wav',
      wavBytes([[1.5, 1, -1, -1.5]], { sampleRate: 8000, encoding: 'f32' }),
    );
    const clip = await cutClip(path, { startS: 0, endS: 1, channel: null, format });
    expect(readWav(clip.file).samples).toEqual([32_767, 32_767, -32_768, -32_768]);
  });

  it('is refused beyond the recording’s end, and when it is longer than memory should hold', async () => {
    const path = await scratch.write('e.wav', wavBytes([noise(800)], { sampleRate: 8000 }));
    await expect(cutClip(path, { startS: 1, endS: 2, channel: null, format })).rejects.toMatchObject({
      code: 'FILE_TOO_SHORT',
    });
    await expect(cutClip(path, { startS: 0, endS: 601, channel: null, format })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});
