import { expect, test } from 'vitest';
import { clopperPearson } from '../../models/evaluation/proportion.ts';
import type { ReviewDecision, ReviewSet } from './contract/rows.ts';
import { agreementOf, classReview, truthOf, type JudgedItem } from './statistics.ts';

const said = (reviewer: string, verdict: ReviewDecision['verdict']): ReviewDecision => ({
  ...{ reviewer, verdict, label: null, atMs: 0 },
});
const item = (stratum: number, peak: number, ...decisions: ReviewDecision[]): JudgedItem => ({
  ...{ stratum, decisions, detection: { peak } },
});
const strata: ReviewSet['strata'] = [
  { label: 'curlew', from: 0.3, to: 0.7, population: 900, drawn: 10 },
  { label: 'curlew', from: 0.7, to: 1, population: 100, drawn: 10 },
  { label: 'rain', from: 0.7, to: 1, population: 2, drawn: 2 },
];
/** Of ten at 0.31 … 0.49 two are true, of ten at 0.71 … 0.89 nine; of rain both, one of which nobody can tell. */
const items = [
  ...Array.from({ length: 10 }, (_, i) => item(0, 0.31 + i / 50, said('Ada', i > 7 ? 'yes' : 'no'))),
  ...Array.from({ length: 10 }, (_, i) => item(1, 0.71 + i / 50, said('Ada', i > 0 ? 'yes' : 'other'))),
  item(2, 1, said('Ada', 'yes')),
  item(2, 1, said('Ada', 'unsure')),
];

test.each([
  [[], null],
  [['unsure'], null],
  [['yes', 'unsure'], true],
  [['yes', 'other'], null],
  [['no', 'other', 'yes'], false],
] as const)('what reviewers say, %j, makes %s', (verdicts, truth) => {
  expect(truthOf(verdicts.map((verdict, i) => said(`${i}`, verdict)))).toBe(truth);
});

test('precision at each edge weighs bins by the run, where the sample alone would tell of another', () => {
  const curlew = classReview('curlew', strata, items, 0.9);
  const [all, high] = curlew.thresholds;
  expect(curlew).toMatchObject({ items: 20, decided: 20, right: 11, undecided: 0, population: 1000 });
  expect(all).toMatchObject({ from: 0.3, population: 1000, decided: 20, right: 11 });
  expect(all!.sample).toEqual(clopperPearson(11, 20));
  expect(all!.precision.value).toBeCloseTo(0.27, 12);
  expect(high).toMatchObject({ from: 0.7, population: 100, decided: 10, right: 9 });
  expect(high!.precision.value).toBeCloseTo(0.9, 12);
  expect(high!.precision.low).toBeCloseTo(clopperPearson(9, 10).low, 12);
  expect(curlew.trueDetections.value).toBeCloseTo(270, 10);
  expect(curlew.trueDetections.low).toBeLessThan(270);
  expect(curlew.trueDetections.high).toBeGreaterThan(270);
});

test('the threshold by the data is the least edge whose lower bound holds, by the fit between the bins', () => {
  expect(classReview('curlew', strata, items, 0.9).heldFrom).toBeNull();
  // Clopper–Pearson, 9 of 10: from 0.555 on.
  const half = classReview('curlew', strata, items, 0.55);
  expect(half.heldFrom).toBe(0.7);
  expect(half.fit!.slope).toBeGreaterThan(0);
  const { threshold, low, high } = half.fit!.threshold!;
  expect(threshold).toBeGreaterThan(0.45);
  expect(threshold).toBeLessThan(0.75);
  expect(low).toBeLessThan(threshold);
  expect(high).toBeGreaterThan(threshold);
});

test('what nobody can tell counts as undecided, and no line is laid where all are true', () => {
  expect(classReview('rain', strata, items, 0.9)).toMatchObject({
    ...{ items: 2, decided: 1, right: 1, undecided: 1, fit: null },
    trueDetections: { value: 2, low: 1, high: 2 },
  });
});

test('before anything is decided all is open', () => {
  const open = items.map((one) => ({ ...one, decisions: [] }));
  const { thresholds, trueDetections, fit, heldFrom } = classReview('curlew', strata, open, 0.9);
  expect(trueDetections).toEqual({ value: null, low: 0, high: 1000 });
  expect(thresholds[0]).toMatchObject({
    decided: 0,
    sample: null,
    precision: { value: null, low: 0, high: 1 },
  });
  expect([fit, heldFrom]).toEqual([null, null]);
});

test('agreement is of every two reviewers over what both decided', () => {
  const pair = (a: ReviewDecision['verdict'], b: ReviewDecision['verdict'], times: number) =>
    Array.from({ length: times }, () => item(0, 0.5, said('Bo', b), said('Ada', a)));
  const both = [
    ...pair('yes', 'yes', 20),
    ...pair('yes', 'no', 5),
    ...pair('no', 'yes', 10),
    ...pair('no', 'no', 15),
  ];
  const [one, ...others] = agreementOf([...both, item(0, 0.5, said('Cy', 'yes'))]);
  expect(others).toEqual([]);
  expect(one).toMatchObject({ reviewers: ['Ada', 'Bo'], items: 50, agreement: 0.7 });
  expect(one!.kappa).toBeCloseTo(0.4, 12);
});
