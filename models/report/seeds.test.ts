import { expect, test } from 'vitest';
import type { ClipAnswer } from '../evaluation/answers.ts';
import { modelScores } from '../evaluation/scores.ts';
import { reportCsv } from './files.ts';
import { limitsOf } from './limits.ts';
import { reportHtml } from './report.ts';
import type { Results } from './results.ts';
import { seedTable } from './tables/seeds.ts';
import { results } from './testing.ts';

const classes = results.dataSet.classes.length;
/** Eighty clips in two folds; a seed is right about all of a fold but so many. */
const training = (seed: number, wrong: readonly [first: number, second: number]) => ({
  seed,
  temperatures: new Map([[1, 1], [2, 1.5 * seed]]), // prettier-ignore
  answers: Array.from({ length: 80 }, (_, i): ClipAnswer => {
    const truth = i % classes;
    const said = i % 40 < wrong[i < 40 ? 0 : 1] ? (truth + 1) % classes : truth;
    return {
      clip: `${i}`,
      source: `source ${i >> 1}`,
      fold: i < 40 ? 1 : 2,
      truth,
      probabilities: Array.from({ length: classes }, (_, c) => (c === said ? 0.7 : 0.1)),
      curiosity: null,
    };
  }),
});
const [first] = results.experts;
const [plain, ...mixtures] = results.mixtures;
const scores = modelScores(
  [training(1, [4, 8]), training(2, [8, 12])],
  classes,
  { resamples: 100, seed: 1, level: 0.95 }, // prettier-ignore
);
const seeded: Results = {
  ...results,
  protocol: { ...results.protocol, seeds: [1, 2] },
  experts: [{ ...first!, scores, losses: first!.losses.map((one) => ({ ...one, seed: 2 })) }],
  mixtures: [{ ...plain!, scores }, ...mixtures],
};

test('what the seed makes of a score stands beside what the fold makes of it', () => {
  const [row] = seedTable(seeded)!.rows;
  // accuracies 0.9 and 0.8 of the first seed, 0.8 and 0.7 of the second
  expect(row!.map(({ text }) => text)).toEqual([
    '2-bit',
    'Accuracy',
    '0.800',
    '0.850',
    '0.750',
    '0.071',
    '0.071',
    '0.050',
  ]);
  const csv = reportCsv(seeded).find(({ name }) => name === 'seeds.csv')!.text;
  expect(csv).toContain('Seed 1,Seed 2');
  expect(reportCsv(seeded).find(({ name }) => name === 'losses.csv')!.text).toMatch(/^2-bit,2,1,1,/m);
});

test('a report of several seeds says how they are taken together, and what they are worth', () => {
  const page = reportHtml(seeded);
  expect(page).toContain('every figure is the mean over them');
  expect(page).toContain(
    'From seed to seed (2 seeds) the mean over folds differs by ±7.1 % with plain router',
  );
  expect(page).toContain('1.00 to 3.00 (by fold and seed)');
  expect(limitsOf(seeded)).toContainEqual(expect.stringContaining('was trained with 2 seeds'));
  expect(page).not.toMatch(/\b(NaN|undefined|Infinity)\b/);
});

test('one seed has no such table, and is said not to tell', () => {
  expect(seedTable(results)).toBeNull();
  expect(reportCsv(results).some(({ name }) => name === 'seeds.csv')).toBe(false);
  expect(limitsOf(results)).toContainEqual(expect.stringContaining('trained once, with seed 1'));
});
