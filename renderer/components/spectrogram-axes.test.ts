import { describe, expect, it } from 'vitest';
import { colourRange, melHeight, timeTicks } from './spectrogram-axes.ts';

describe('the axes of a spectrogram', () => {
  it('put the front end’s lowest and highest frequency at the edges and rise between them', () => {
    expect(melHeight(125)).toBeCloseTo(0, 12);
    expect(melHeight(7500)).toBeCloseTo(1, 12);
    expect(melHeight(1000)).toBeGreaterThan(melHeight(500));
    // Half of the mel range lies well below half of the hertz range.
    expect(melHeight(3800)).toBeGreaterThan(0.6);
  });

  it('place round times inside a stretch, first and last included', () => {
    expect(timeTicks(0, 5, 10)).toEqual({ times: [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5], decimals: 1 });
    expect(timeTicks(60, 60, 7)).toEqual({ times: [60, 70, 80, 90, 100, 110, 120], decimals: 0 });
    expect(timeTicks(61, 58, 7).times).toEqual([70, 80, 90, 100, 110]);
  });

  it('keep silence dark and give a loud sound the whole range', () => {
    const silence = new Float32Array(640).fill(-6.9);
    expect(colourRange(silence)).toEqual({ low: silence[0], high: silence[0]! + 3 });
    const loud = Float32Array.from({ length: 6400 }, (_, i) => -6 + i / 800);
    const { low, high } = colourRange(loud);
    expect(low).toBeCloseTo(-5.6, 1);
    expect(high).toBeCloseTo(1.98, 1);
  });
});
