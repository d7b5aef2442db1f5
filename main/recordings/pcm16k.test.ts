import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concatenate } from './concatenate.ts';
import { decodeAll, mixDown, read16kMono, toInt16 } from './pcm16k.ts';
import { noise, scratchFolder, tone, wavBytes } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

async function read(path: string, startS: number, durationS: number): Promise<Float32Array> {
  const pieces: Float32Array[] = [];
  for await (const piece of read16kMono(path, { startS, durationS })) pieces.push(piece);
  return concatenate(pieces);
}

describe('16 kHz mono', () => {
  it('of a 192 kHz stereo recording is the mean of its channels, in time', async () => {
    const path = await scratch.write(
      'A.WAV',
      wavBytes([tone(1, 192_000, 1_000), tone(1, 192_000, 3_000)], { sampleRate: 192_000, encoding: 's24' }),
    );
    const samples = await decodeAll(path);
    expect(samples.length).toBe(16_000);
    const [low, high] = [tone(1, 16_000, 1_000), tone(1, 16_000, 3_000)];
    for (let i = 500; i < 15_500; i++)
      expect(Math.abs(samples[i]! - (low[i]! + high[i]!) / 2)).toBeLessThan(1e-3);
  });

  it.each([8_000, 16_000, 44_100, 48_000])(
    'of a stretch at %i Hz holds the very samples of the whole',
    async (sampleRate) => {
      const path = await scratch.write('noise.wav', wavBytes([noise(sampleRate * 3)], { sampleRate }));
      const whole = await decodeAll(path);
      for (const [startS, durationS] of [
        [0, 0.5],
        [0.123_456, 0.5],
        [1, 1],
        [2.5, 10],
      ] as const) {
        const first = Math.round(startS * 16_000);
        expect(await read(path, startS, durationS)).toEqual(
          whole.subarray(first, first + Math.round(durationS * 16_000)),
        );
      }
      expect(await read(path, 50, 1)).toHaveLength(0);
    },
  );

  it('stops when it is aborted', async () => {
    const path = await scratch.write('long.wav', wavBytes([noise(200_000)]));
    const abort = new AbortController();
    const reading = async () => {
      for await (const piece of read16kMono(path, { signal: abort.signal })) {
        expect(piece.length).toBeGreaterThan(0);
        abort.abort();
      }
    };
    await expect(reading()).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('mixing down', () => {
  it('leaves what the decoder gave as it was', () => {
    const channels = [Float32Array.of(0.5, -0.5), Float32Array.of(0.25, 0.5), Float32Array.of(0, 0)];
    expect([...mixDown(channels)]).toEqual([0.25, 0]);
    expect([...channels[0]!]).toEqual([0.5, -0.5]);
  });
});

describe('what the board gets', () => {
  it('is rounded to the nearest step and clamped at full scale', () => {
    expect([
      ...toInt16(Float32Array.of(0, 1, -1, 2, -2, 1.4 / 32_768, 1.6 / 32_768, -1.6 / 32_768, NaN)),
    ]).toEqual([0, 32_767, -32_768, 32_767, -32_768, 1, 2, -2, 0]);
  });

  it('is 16-bit audio unchanged', () => {
    const steps = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
    expect(toInt16(Float32Array.from(steps, (step) => step / 32_768))).toEqual(steps);
  });
});
