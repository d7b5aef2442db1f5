import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stretchesOf } from './stretches.ts';

describe('stretches of a recording', () => {
  it('cover the recording without gap or overlap, none longer than the lab gives out', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100_000, noNaN: true }), (seconds) => {
        const stretches = stretchesOf(seconds);
        let end = 0;
        for (const stretch of stretches) {
          expect(stretch.startS).toBe(end);
          expect(stretch.seconds).toBeGreaterThan(0);
          expect(stretch.seconds).toBeLessThanOrEqual(120);
          end = stretch.startS + stretch.seconds;
        }
        expect(end).toBeCloseTo(seconds, 6);
      }),
    );
  });

  it('show a short rest together with what precedes it', () => {
    expect(stretchesOf(64)).toHaveLength(1);
    expect(stretchesOf(66)).toHaveLength(2);
    expect(stretchesOf(0)).toEqual([]);
  });
});
