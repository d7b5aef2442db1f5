import { describe, expect, it } from 'vitest';
import { samplesOf, windowOf } from './pcm.ts';

describe('PCM', () => {
  it('is read as little-endian int16 at any offset of its buffer', () => {
    const bytes = Uint8Array.from([9, 0x00, 0x40, 0x00, 0x80, 0xff, 0x7f]);
    for (const start of [1, 0]) {
      const laid = new Uint8Array(8);
      laid.set(bytes.subarray(1), start);
      const pcm = laid.subarray(start, start + 6);
      expect(Array.from(samplesOf({ pcm, samples: 3 }))).toEqual([0.5, -1, Math.fround(32_767 / 32_768)]);
    }
  });

  it('is cut into windows by position, with silence behind its end', () => {
    const samples = Float32Array.from({ length: 20_000 }, () => 1);
    const window = windowOf(samples, 0.48, 15_600);
    expect(window).toHaveLength(15_600);
    expect(window.indexOf(0)).toBe(20_000 - 7680);
  });
});
