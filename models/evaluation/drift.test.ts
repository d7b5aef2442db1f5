import { describe, expect, test } from 'vitest';
import { Random } from '../training/random.ts';
import { dayTest } from './day-test.ts';
import { falseDiscovery } from './false-discovery.ts';
import { populationStability } from './population-stability.ts';

describe('false discovery', () => {
  test('tells those of the published example that its procedure rejects', () => {
    // Benjamini and Hochberg 1995, section 3.2: fifteen endpoints, four are rejected at 0.05.
    const ps = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ];
    expect(falseDiscovery(ps, 0.05).filter(Boolean)).toHaveLength(4);
    expect(falseDiscovery([...ps].reverse(), 0.05).slice(-4)).toEqual([true, true, true, true]);
  });

  test('tells none where none is small enough, and all where the largest is', () => {
    expect(falseDiscovery([0.06, 0.2, 1], 0.05)).toEqual([false, false, false]);
    expect(falseDiscovery([0.049, 0.03, 0.045], 0.05)).toEqual([true, true, true]);
    expect(falseDiscovery([], 0.05)).toEqual([]);
  });
});

describe('population stability', () => {
  test('is what the formula gives by hand, none for the same shares, and unknown without records', () => {
    // Shares (with half a record in each bin): 0.5, 0.5 and 0.75, 0.25.
    const expected = 0.25 * Math.log(0.75 / 0.5) + -0.25 * Math.log(0.25 / 0.5);
    expect(populationStability([999.5, 999.5], [1499.5, 499.5])).toBeCloseTo(expected, 12);
    expect(populationStability([10, 30], [10, 30])).toBe(0);
    expect(populationStability([0, 0], [1, 2])).toBeNull();
  });
});

describe('the test between days', () => {
  const random = new Random(7);
  const noise = (): number => random.uniform() + random.uniform() + random.uniform() - 1.5;
  const days = (count: number, shift: (day: number) => number): Float64Array[] =>
    Array.from({ length: count }, (_, day) => Float64Array.of(noise() + shift(day), noise(), noise()));

  test('tells days that are all alike, and all otherwise before, which no spread parts', () => {
    const points = Array.from({ length: 18 }, (_, day) => Float64Array.of(day < 14 ? 0 : 1));
    const { p, standardized } = dayTest([{ name: 'x', points }], 4, 1999, 1)!;
    // One split of 3060 is so.
    expect(p).toBeLessThan(0.005);
    expect(standardized).toBeGreaterThan(10);
    expect(Number.isFinite(standardized)).toBe(true);
  });

  test('gives the pseudo-F and the exact p-value of a case that is worked by hand', () => {
    // Points 0, 1, 2 and 10 on a line, the last one recent: within the others (1 + 4 + 1) / 3 = 2, of all
    // (1 + 4 + 100 + 1 + 81 + 64) / 4 = 62.75; F = (62.75 − 2) / (2 / 2) = 60.75, the largest of four splits.
    const points = [0, 1, 2, 10].map((x) => Float64Array.of(x));
    const { p, feature } = dayTest([{ name: 'x', points }], 1, 4000, 1)!;
    expect(feature).toBe('x');
    expect(p).toBeGreaterThan(0.22);
    expect(p).toBeLessThan(0.28);
  });

  test('finds the feature that moved', () => {
    const still = { name: 'still', points: days(32, () => 0) };
    const moved = { name: 'moved', points: days(32, (day) => (day >= 28 ? 2 : 0)) };
    const found = dayTest([still, moved], 4, 1999, 3)!;
    expect(found.feature).toBe('moved');
    expect(found.p).toBeLessThan(0.005);
  });

  test('is wrong as often as its level says where nothing moved, with several features', () => {
    let below = 0;
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const features = ['a', 'b', 'c'].map((name) => ({ name, points: days(20, () => 0) }));
      if (dayTest(features, 3, 199, run)!.p <= 0.1) below++;
    }
    // 30 expected; five deviations either way.
    expect(below).toBeGreaterThan(4);
    expect(below).toBeLessThan(56);
  });

  test('says nothing of days that are all alike', () => {
    const points = Array.from({ length: 10 }, () => Float64Array.of(1, 2));
    expect(dayTest([{ name: 'x', points }], 2, 99, 1)).toBeNull();
  });
});
