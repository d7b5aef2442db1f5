/** Shares of windows that come in clips: how wide their intervals are. */
import { describe, expect, test } from 'vitest';
import { clusteredProportion, type ClusterSums } from './clustered-proportion.ts';
import { clopperPearson, clopperPearsonOf } from './proportion.ts';
import { studentQuantile } from './distributions.ts';

const sumsOf = (clips: readonly (readonly [passed: number, windows: number])[]): ClusterSums => {
  const sum = (of: (passed: number, windows: number) => number): number =>
    clips.reduce((total, [x, n]) => total + of(x, n), 0);
  return {
    clusters: clips.length,
    ...{ trials: sum((_, n) => n), successes: sum((x) => x) },
    ...{
      trialsSquared: sum((_, n) => n * n),
      successesSquared: sum((x) => x * x),
      product: sum((x, n) => x * n),
    },
  };
};
const repeated = (many: number, clip: readonly [number, number]) => Array.from({ length: many }, () => clip);

describe('the interval of a share of windows', () => {
  test('is that of all windows, but for the few clips, where those that fail are spread as chance spreads them', () => {
    // Variance of the ratio by hand: 10/9 · (0.9² + 9 · 0.1²) / 90².
    const variance = ((10 / 9) * 0.9) / 90 ** 2;
    const share = 89 / 90;
    const independent =
      ((share * (1 - share)) / variance) * (studentQuantile(0.975, 89) / studentQuantile(0.975, 9)) ** 2;
    const found = clusteredProportion(sumsOf([[8, 9], ...repeated(9, [9, 9])]));
    expect(found.share).toBe(share);
    expect(found.low).toBeCloseTo(clopperPearsonOf(share * independent, independent, 0.95).low, 12);
    expect(found.low).toBeGreaterThan(0.9);
  });

  test('is hardly narrower than that of clips where all windows of a clip fail together', () => {
    const found = clusteredProportion(sumsOf([[0, 9], ...repeated(9, [9, 9])]));
    expect(found.share).toBe(0.9);
    expect(found.low).toBeLessThan(clopperPearson(9, 10).low);
    expect(found.high).toBeGreaterThan(clopperPearson(9, 10).high);
  });

  test('reaches to the end where all windows pass, or none, and from no further away than if one did not', () => {
    const all = clusteredProportion(sumsOf(repeated(10, [9, 9])));
    const worth = 90 * (studentQuantile(0.975, 89) / studentQuantile(0.975, 9)) ** 2;
    expect(all).toEqual(clopperPearsonOf(worth, worth, 0.95));
    expect(all.high).toBe(1);
    expect(all.low).toBeGreaterThan(clusteredProportion(sumsOf([[8, 9], ...repeated(9, [9, 9])])).low);
    expect(clusteredProportion(sumsOf(repeated(10, [0, 9]))).high).toBeCloseTo(1 - all.low, 12);
  });

  test('of one clip alone is that of one thing', () => {
    const { low, high } = clusteredProportion(sumsOf([[5, 9]]));
    expect(low).toBeLessThan(0.02);
    expect(high).toBeGreaterThan(0.98);
  });

  test('is never that of more windows than there are', () => {
    const { low, high } = clusteredProportion(sumsOf(repeated(40, [9, 10])));
    expect(low).toBeLessThan(clopperPearson(360, 400).low);
    expect(high).toBeGreaterThan(clopperPearson(360, 400).high);
    expect(low).toBeGreaterThan(clopperPearson(9, 10).low);
  });
});
