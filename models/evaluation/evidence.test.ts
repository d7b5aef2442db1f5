import { describe, expect, test } from 'vitest';
import { Random } from '../training/random.ts';
import { beyondEvidence, highestShare, meanEvidence, shareEvidence, thresholdOf } from './evidence.ts';

const alarm = Math.log(1 / 0.05);

describe('evidence of values beyond those before', () => {
  test('is the ratio of two urns, drawn from one after another', () => {
    // Beta(2, 2) against Beta(2, 9): both pass with 2/4 against 2/11, then 3/5 against 3/12.
    expect(beyondEvidence(10, 1, 1, 1)).toBeCloseTo(Math.log((2 / 4) * (11 / 2)), 12);
    expect(beyondEvidence(10, 1, 2, 2)).toBeCloseTo(Math.log((2 / 4) * (3 / 5) * (11 / 2) * (12 / 3)), 12);
    expect(beyondEvidence(10, 1, 1, 0)).toBeCloseTo(Math.log((2 / 4) * (11 / 9)), 12);
    expect(beyondEvidence(10, 1, 0, 0)).toBe(0);
  });

  test('has a mean of 1 over all that can come where nothing has changed', () => {
    // Of the urn Beta(a, b), the chance of each number that pass.
    const [before, beyond, now] = [30, 3, 6];
    const [a, b] = [beyond + 1, before - beyond];
    const rising = (from: number, steps: number): number =>
      Array.from({ length: steps }, (_, i) => from + i).reduce((product, one) => product * one, 1);
    let [chances, mean, ways] = [0, 0, 1];
    for (let passing = 0; passing <= now; passing++) {
      const chance = (ways * rising(a, passing) * rising(b, now - passing)) / rising(a + b, now);
      chances += chance;
      mean += chance * Math.exp(beyondEvidence(before, beyond, now, passing));
      ways = (ways * (now - passing)) / (passing + 1);
    }
    expect(chances).toBeCloseTo(1, 12);
    expect(mean).toBeCloseTo(1, 12);
  });

  test('rises with every value that passes', () => {
    for (const [before, beyond] of [
      [1, 0],
      [10, 1],
      [200, 20],
    ] as const) {
      for (let passing = 1; passing <= 12; passing++)
        expect(beyondEvidence(before, beyond, 12, passing)).toBeGreaterThanOrEqual(
          beyondEvidence(before, beyond, 12, passing - 1),
        );
    }
  });

  test('alarms of nothing no more often than said, with ties too, and finds what doubled', () => {
    const random = new Random(5);
    const alarms = (value: () => number, later: () => number): number => {
      let found = 0;
      for (let run = 0; run < 2000; run++) {
        const { threshold, beyond } = thresholdOf(Array.from({ length: 24 }, value));
        let passing = 0;
        for (let now = 1; now <= 100; now++) {
          if (later() > threshold) passing++;
          if (beyondEvidence(24, beyond, now, passing) < alarm) continue;
          found++;
          break;
        }
      }
      return found / 2000;
    };
    const value = (): number => random.uniform();
    // Three deviations of a share of 0.05 in 2,000 runs are 0.015.
    expect(alarms(value, value)).toBeLessThan(0.065);
    expect(
      alarms(
        () => Math.floor(value() * 4),
        () => Math.floor(value() * 4),
      ),
    ).toBeLessThan(0.065);
    expect(alarms(value, () => 2 * value())).toBeGreaterThan(0.9);
  });
});

test('one in ten lies beyond the threshold, and never all', () => {
  expect(thresholdOf([5, 1, 4, 2, 3, 9, 8, 7, 6, 10])).toEqual({ threshold: 9, beyond: 1 });
  expect(thresholdOf([3])).toEqual({ threshold: 3, beyond: 0 });
  expect(() => thresholdOf([])).toThrow(RangeError);
});

describe('evidence of a larger share', () => {
  test('has a mean of 1 or less at every share that is allowed', () => {
    for (const p of [0.001, 0.02, 0.05]) {
      let [mean, ways] = [0, 1];
      for (let k = 0; k <= 8; k++) {
        mean += ways * p ** k * (1 - p) ** (8 - k) * Math.exp(shareEvidence(k, 8, 0.05));
        ways = (ways * (8 - k)) / (k + 1);
      }
      expect(mean).toBeLessThanOrEqual(1 + 1e-12);
      if (p === 0.05) expect(mean).toBeCloseTo(1, 12);
    }
  });

  test('grows with what speaks for it, and falls with what does not', () => {
    expect(shareEvidence(10, 30, 0.05)).toBeGreaterThan(Math.log(1000));
    expect(shareEvidence(0, 1000, 0.05)).toBeLessThan(0);
  });
});

test('the largest share that is left open is exact, and anything without trials', () => {
  // (1 − p)^20 = 0.05: the rule of three in its exact form.
  expect(highestShare(0, 20, 0.05)).toBeCloseTo(1 - 0.05 ** (1 / 20), 10);
  expect(highestShare(0, 0, 0.05)).toBe(1);
});

test('several pieces of evidence are their mean', () => {
  expect(meanEvidence([Math.log(2), Math.log(4)])).toBeCloseTo(Math.log(3), 12);
  expect(meanEvidence([2000, 1000])).toBeCloseTo(2000 - Math.log(2), 12);
  expect(meanEvidence([])).toBe(0);
});
