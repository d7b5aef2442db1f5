import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { soundOf } from './sound.ts';
import { spectrogramOf } from './spectrogram.ts';
import { noise, scratchFolder, tone, wavBytes } from './testing.ts';

const rate = 48_000;
const seconds = 3;
let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let path: string;
beforeAll(async () => {
  scratch = await scratchFolder();
  const bat = tone(seconds, rate, 20_250, 0.5);
  const clicking = new Float32Array(seconds * rate);
  clicking[Math.round(1.2345 * rate)] = 1;
  path = await scratch.write('night.wav', wavBytes([bat, clicking], { sampleRate: rate }));
});
afterAll(() => scratch.remove());

const wish = { channel: 0, startS: 0, columnS: 0.01, columns: 300, windowSamples: 512 } as const;
const column = ({ levels, bands }: { levels: Uint8Array; bands: number }, at: number) =>
  levels.subarray(at * bands, (at + 1) * bands);
const loudest = (levels: Uint8Array) => levels.indexOf(Math.max(...levels));

describe('a spectrogram of a stretch', () => {
  it('goes up to half the recording’s own rate', async () => {
    const piece = await spectrogramOf(path, wish);
    expect(piece).toMatchObject({ columns: 300, bands: 257, sampleRate: rate });
    // Band 216 of 512 samples: 20,250 Hz, half as loud as full scale, 6 dB below.
    for (const at of [3, 150, 296]) {
      expect(loudest(column(piece, at))).toBe(216);
      expect(column(piece, at)[216]).toBe(255 - 13);
    }
  });

  it('has no columns behind the recording’s end, and none where it begins behind it', async () => {
    expect(await spectrogramOf(path, { ...wish, startS: 2.955 })).toMatchObject({ columns: 5 });
    const behind = await spectrogramOf(path, { ...wish, startS: 5 });
    expect(behind).toMatchObject({ columns: 0, levels: new Uint8Array() });
  });

  it('is the same wherever a stretch of it begins', async () => {
    const noisy = await scratch.write('noise.wav', wavBytes([noise(rate * seconds)], { sampleRate: rate }));
    const whole = await spectrogramOf(noisy, wish);
    for (const first of [1, 64, 199]) {
      const rest = await spectrogramOf(noisy, { ...wish, startS: first * wish.columnS, columns: 100 });
      expect(rest.levels).toEqual(whole.levels.subarray(first * 257, (first + 100) * 257));
    }
  });

  it.each([0.002, 0.05, 0.5, 3])('shows a click of one sample in columns of %d s', async (columnS) => {
    const columns = Math.ceil(seconds / columnS);
    const stretch = { ...wish, channel: 1, columnS, columns: Math.min(512, columns) } as const;
    const startS = columns > 512 ? 1 : 0;
    const piece = await spectrogramOf(path, { ...stretch, startS });
    const at = Math.floor((1.2345 - startS) / columnS);
    expect(Math.max(...column(piece, at))).toBeGreaterThan(100);
  });

  it('is of the channels’ mean, or of one that there is', async () => {
    const mixed = await spectrogramOf(path, { ...wish, channel: 'mix' });
    expect(column(mixed, 30)[216]).toBe(255 - 25);
    await expect(spectrogramOf(path, { ...wish, channel: 2 })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});

describe('the sound of a stretch', () => {
  it('has the very samples of the recording, at its own rate', async () => {
    const { pcm, sampleRate } = await soundOf(path, 1.2, 0.05, 1);
    expect(sampleRate).toBe(rate);
    expect(pcm).toHaveLength(0.05 * rate);
    expect(pcm.indexOf(32_767)).toBe(Math.round(1.2345 * rate) - 1.2 * rate);
  });

  it('ends where the recording ends', async () => {
    expect((await soundOf(path, 2.9, 5, 'mix')).pcm).toHaveLength(0.1 * rate);
    expect((await soundOf(path, 9, 5, 'mix')).pcm).toHaveLength(0);
  });
});
