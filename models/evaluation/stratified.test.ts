import { expect, test } from 'vitest';
import { clopperPearson } from './proportion.ts';
import { stratifiedCount, stratifiedShare } from './stratified.ts';

test('one stratum has the interval of Clopper and Pearson, times its population', () => {
  // 81 of 263: 0.2527 … 0.3676, as Newcombe (1998) prints it.
  const { value, low, high } = stratifiedCount([{ population: 10_000, decided: 263, right: 81 }]);
  expect(value).toBeCloseTo((10_000 * 81) / 263, 8);
  expect(Math.abs(low - 2527)).toBeLessThan(1);
  expect(Math.abs(high - 3676)).toBeLessThan(1);
});

test('strata count by their populations, and share what the confidence leaves', () => {
  const strata = [
    { population: 900, decided: 10, right: 1 },
    { population: 100, decided: 10, right: 9 },
  ];
  const [rare, often] = [clopperPearson(1, 10, 0.975), clopperPearson(9, 10, 0.975)];
  expect(stratifiedCount(strata)).toEqual({
    value: 180,
    low: 900 * rare.low + 100 * often.low,
    // One of the second was found false.
    high: 900 * rare.high + 99,
  });
  const share = stratifiedShare(strata)!;
  expect(share.value).toBeCloseTo(0.18, 12);
  expect(share.low).toBeCloseTo((900 * rare.low + 100 * often.low) / 1000, 12);
});

test('what is wholly decided is known, and takes no share of the confidence', () => {
  const whole = { population: 7, decided: 7, right: 3 };
  expect(stratifiedCount([whole])).toEqual({ value: 3, low: 3, high: 3 });
  const open = { population: 50, decided: 10, right: 5 };
  const { low, high } = clopperPearson(5, 10);
  expect(stratifiedCount([whole, open])).toEqual({ value: 28, low: 3 + 50 * low, high: 3 + 50 * high });
});

test('no fewer are true than were found true, and no more than were not found false', () => {
  const { low, high } = stratifiedCount([{ population: 11, decided: 10, right: 5 }]);
  expect([low, high]).toEqual([5, 6]);
});

test('a stratum of which nothing was decided may have none or all', () => {
  const strata = [
    { population: 20, decided: 0, right: 0 },
    { population: 5, decided: 5, right: 5 },
  ];
  expect(stratifiedCount(strata)).toEqual({ value: null, low: 5, high: 25 });
  expect(stratifiedShare(strata)).toEqual({ value: null, low: 0.2, high: 1 });
  expect(stratifiedShare([])).toBeNull();
});
