import { expect, test } from 'vitest';
import { cohenKappa } from './kappa.ts';
import { clopperPearson } from './proportion.ts';

test.each([
  [81, 263, 0.2527, 0.3676],
  [0, 20, 0, 0.1684],
  [1, 29, 0.0009, 0.1776],
])('gives the exact interval of %i of %i as Newcombe (1998) prints it', (successes, trials, low, high) => {
  const interval = clopperPearson(successes, trials);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test('the bounds have the closed form where all or none succeed', () => {
  expect(clopperPearson(0, 12).high).toBeCloseTo(1 - 0.025 ** (1 / 12), 12);
  expect(clopperPearson(12, 12, 0.9).low).toBeCloseTo(0.05 ** (1 / 12), 12);
});

test('at each bound the binomial tail that it is made of is what the confidence leaves', () => {
  const upperTail = (p: number) => {
    let [sum, term] = [0, (1 - p) ** 9];
    for (let k = 0; k <= 9; k++) {
      if (k >= 4) sum += term;
      term *= ((9 - k) / (k + 1)) * (p / (1 - p));
    }
    return sum;
  };
  expect(upperTail(clopperPearson(4, 9).low)).toBeCloseTo(0.025, 12);
  expect(1 - upperTail(clopperPearson(3, 9).high)).toBeCloseTo(0.025, 12);
});

test.each([
  [3, 2],
  [-1, 2],
  [0, 0],
  [0.5, 2],
])('refuses %d of %d', (successes, trials) => {
  expect(() => clopperPearson(successes, trials)).toThrow(RangeError);
});

const TABLE = [
  [20, 5, 2],
  [10, 15, 1],
  [3, 0, 9],
];

test('kappa of a table by hand: 35 of 50 the same, 25 expected', () => {
  const of50 = cohenKappa([
    [20, 5],
    [10, 15],
  ]);
  expect(of50).toMatchObject({ items: 50, agreement: 0.7 });
  expect(of50.kappa).toBeCloseTo(0.4, 12);
});

test('the interval has the variance that Fleiss, Cohen and Everitt print, term by term', () => {
  const n = TABLE.flat().reduce((a, b) => a + b);
  const p = (i: number, j: number) => TABLE[i]![j]! / n;
  const row = (i: number) => p(i, 0) + p(i, 1) + p(i, 2);
  const column = (i: number) => p(0, i) + p(1, i) + p(2, i);
  const all = [0, 1, 2];
  const same = all.reduce((sum, i) => sum + p(i, i), 0);
  const chance = all.reduce((sum, i) => sum + row(i) * column(i), 0);
  let terms = -((same * chance - 2 * chance + same) ** 2);
  for (const i of all) {
    terms += p(i, i) * (1 - chance - (row(i) + column(i)) * (1 - same)) ** 2;
    for (const j of all) if (i !== j) terms += (1 - same) ** 2 * p(i, j) * (column(i) + row(j)) ** 2;
  }
  const deviation = Math.sqrt(terms / (n * (1 - chance) ** 4));
  const { kappa, low, high } = cohenKappa(TABLE);
  expect(high! - kappa!).toBeCloseTo(1.959963984540054 * deviation, 12);
  expect(kappa! - low!).toBeCloseTo(1.959963984540054 * deviation, 12);
});

test('has no kappa where both say the same of everything, and refuses an empty table', () => {
  expect(
    cohenKappa([
      [7, 0],
      [0, 0],
    ]),
  ).toMatchObject({ agreement: 1, kappa: null, low: null });
  expect(
    cohenKappa([
      [7, 0],
      [0, 2],
    ]).kappa,
  ).toBe(1);
  expect(() =>
    cohenKappa([
      [0, 0],
      [0, 0],
    ]),
  ).toThrow(RangeError);
  expect(() => cohenKappa([[1, 2]])).toThrow(RangeError);
});
