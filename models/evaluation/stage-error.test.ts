import { describe, expect, it } from 'vitest';
import { stageError } from './stage-error.ts';

describe('the error of a stage', () => {
  it('is told by every measure, by hand', () => {
    const { largest, at, relative, rmse, mae, l2, cosine } = stageError([3, 0, 4], [3, 1, 2]);
    expect([largest, at, relative]).toEqual([2, 2, 2 / 3]);
    expect([rmse, mae]).toEqual([Math.sqrt(5 / 3), 1]);
    expect(l2).toBeCloseTo(Math.sqrt(5 / 14), 12);
    expect(cosine).toBeCloseTo(17 / Math.sqrt(25 * 14), 12);
  });

  it('is nothing of what is equal, to the bit, zeros included', () => {
    const same = Float32Array.of(0.1, -7, 1e-9);
    expect(stageError(same, same)).toEqual({
      largest: 0,
      at: 0,
      relative: 0,
      rmse: 0,
      mae: 0,
      l2: 0,
      cosine: 1,
    });
    expect(stageError([0, 0], [0, 0])).toMatchObject({ relative: 0, l2: 0, cosine: 1 });
    expect(stageError([1, 0], [0, 0])).toMatchObject({ relative: Infinity, l2: Infinity, cosine: 0 });
  });

  it('names the first of several elements that differ most, and never loses a NaN', () => {
    expect(stageError([1, 2, 0], [0, 0, 2]).at).toBe(1);
    const broken = stageError([1, NaN, 9], [1, 2, 3]);
    expect([broken.at, broken.largest]).toEqual([1, NaN]);
    expect(broken.relative <= 1).toBe(false);
  });

  it('is not made of what cannot be compared', () => {
    expect(() => stageError([1], [1, 2])).toThrow(RangeError);
    expect(() => stageError([], [])).toThrow(RangeError);
  });
});
