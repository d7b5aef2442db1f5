import { expect, test } from 'vitest';
import { claimsOf } from './claims.ts';
import type { Claim } from './claims/claim.ts';
import { limitsOf } from './limits.ts';
import { outcomeOf, readings } from './reading.ts';
import type { ExpertResult, MixtureResult, Results, TestResult } from './results.ts';
import { results } from './testing.ts';

const claimOf = (from: Results, words: string): Claim =>
  claimsOf(from).find(({ claim }) => claim.includes(words))!;

const verdictOf = (from: Results, words: string) => claimOf(from, words).verdict;

const base: TestResult = {
  test: 'clustered-bootstrap',
  a: 'curiosity 0.5',
  b: 'plain router',
  measure: 'accuracy',
  unit: 'clip',
  n: 160,
  method: 'exact binomial',
  statistic: null,
  effect: 0.1,
  interval: null,
  margin: null,
  p: 0.001,
  family: 'answers',
  adjusted: 0.01,
};

const withTests = (...tests: Partial<TestResult>[]): Results => ({
  ...results,
  tests: tests.map((entry) => ({ ...base, ...entry })),
});

const withExperts = (change: (expert: ExpertResult) => Partial<ExpertResult>): Results => ({
  ...results,
  experts: results.experts.map((expert) => ({ ...expert, ...change(expert) })),
});

const withMixtures = (change: (mixture: MixtureResult) => Partial<MixtureResult>): Results => ({
  ...results,
  mixtures: results.mixtures.map((mixture) => ({ ...mixture, ...change(mixture) })),
});

const better = 'raises weighted F1';

test('curiosity raises F1 only where a corrected test shows it', () => {
  expect(verdictOf(withTests({}), better)).toBe('holds');
  expect(verdictOf(withTests({ adjusted: 0.2 }), better)).toBe('not shown');
  expect(verdictOf(withTests({ effect: -0.1 }), better)).toBe('does not hold');
  expect(verdictOf(withTests(), better)).toBe('not examined');
});

test('it does not matter which of the two models a test calls a', () => {
  const swapped = { a: 'plain router', b: 'curiosity 0.5', effect: -0.1 };
  expect(verdictOf(withTests(swapped), better)).toBe('holds');
  expect(verdictOf(withTests({ ...swapped, effect: 0.1 }), better)).toBe('does not hold');
});

test('one alpha that helps and one that harms make a claim hold in part', () => {
  const two = withTests({}, { a: 'curiosity 2', effect: -0.1 });
  expect(verdictOf(two, better)).toBe('holds in part');
});

test('a slower or an equivalent router does not count as a better one', () => {
  expect(verdictOf(withTests({ test: 'wilcoxon', measure: 'latency', effect: 900 }), better)).toBe(
    'not examined',
  );
  expect(verdictOf(withTests({ test: 'tost', margin: 0.05 }), better)).toBe('not examined');
});

test('spread over folds is described and not judged, whichever router has more of it', () => {
  const spread = (deviation: number) =>
    withMixtures(({ kind, scores }) =>
      kind === 'curiosity' ? { scores: { ...scores, weightedF1: { ...scores.weightedF1, deviation } } } : {},
    );
  for (const deviation of [0.0001, 0.5])
    expect(verdictOf(spread(deviation), 'steadier from fold to fold')).toBe('not shown');
});

test('without passes there is no curiosity to judge', () => {
  const none = withMixtures(({ kind }) => (kind === 'curiosity' ? { passes: 0 } : {}));
  for (const words of ['A larger alpha', 'steadier from fold to fold', 'raises weighted F1'])
    expect(verdictOf(none, words)).toBe('not examined');
});

const steadier = 'lowers the spread of latency';

test('curiosity steadies latency where its spread is shown to be smaller', () => {
  const spread = { test: 'brown-forsythe', measure: 'latency', unit: 'inference' } as const;
  expect(verdictOf(withTests({ ...spread, effect: 0.4 }), steadier)).toBe('holds');
  expect(verdictOf(withTests({ ...spread, effect: 2.5 }), steadier)).toBe('does not hold');
  expect(verdictOf(withTests({ ...spread, effect: 0.4, adjusted: 0.06 }), steadier)).toBe('not shown');
  expect(verdictOf(withTests({ ...spread, test: 'wilcoxon', effect: -5 }), steadier)).toBe('not examined');
});

test('4 bits are as good as 16 where equivalence is shown', () => {
  const pair = { a: '4-bit', b: '16-bit', margin: 0.05, test: 'tost' } as const;
  const words = '4-bit experts answer as well';
  expect(verdictOf(withTests(pair), words)).toBe('holds');
  expect(verdictOf(withTests({ ...pair, adjusted: 0.3 }), words)).toBe('not shown');
  const worse = { a: '4-bit', b: '16-bit', effect: -0.1 };
  expect(verdictOf(withTests(worse), words)).toBe('does not hold');
  expect(verdictOf(withTests(pair, worse), words)).toBe('holds in part');
});

test('ratios hold from 90 % of the paper’s figure on, and in part where the direction alone is right', () => {
  const saving = (millijoule: number) =>
    withExperts(({ name, cost }) => ({
      cost: { ...cost!, millijoule: { value: name === '4-bit' ? millijoule : 10, source: 'modelled' } },
    }));
  const words = 'less energy';
  expect(verdictOf(saving(6), words)).toBe('holds');
  expect(verdictOf(saving(9), words)).toBe('holds in part');
  expect(verdictOf(saving(11), words)).toBe('does not hold');
  expect(claimOf(saving(11), words).finding).toContain('10.0 % more');
  expect(
    verdictOf(
      withExperts(() => ({ cost: null })),
      words,
    ),
  ).toBe('not examined');
  expect(verdictOf(results, 'times smaller')).toBe('holds');
});

test('a larger alpha that lowers the bits again holds in part, one that moves nothing does not', () => {
  const bits = (values: Record<string, number>) =>
    withMixtures(({ name, meanBits }) => ({ meanBits: values[name] ?? meanBits }));
  const words = 'larger alpha';
  expect(verdictOf(results, words)).toBe('holds');
  expect(verdictOf(bits({ 'plain router': 3, 'curiosity 0.5': 5, 'curiosity 2': 4 }), words)).toBe(
    'holds in part',
  );
  expect(verdictOf(bits({ 'plain router': 3, 'curiosity 0.5': 3, 'curiosity 2': 3 }), words)).toBe(
    'does not hold',
  );
});

test('a mixture that is hardly slower does not bear the paper out, one that is slower by another factor in part', () => {
  const mean = (us: number) => withMixtures(({ cost }) => ({ cost: { ...cost!, latencyUs: [us, us, us] } }));
  const words = '11 % slower';
  const slowest = Math.max(
    ...results.experts.filter(({ name }) => results.bank.includes(name)).map(({ cost }) => cost!.latencyUs.reduce((sum, us) => sum + us, 0) / cost!.latencyUs.length), // prettier-ignore
  );
  expect(verdictOf(mean(slowest * 1.1), words)).toBe('holds');
  expect(verdictOf(mean(slowest * 1.4), words)).toBe('holds in part');
  expect(verdictOf(mean(slowest * 1.05), words)).toBe('holds in part');
  expect(verdictOf(mean(slowest * 1.002), words)).toBe('does not hold');
  expect(verdictOf(mean(slowest * 0.9), words)).toBe('does not hold');
});

test('a spread over folds is described, never taken for shown', () => {
  expect(['not shown', 'does not hold']).toContain(verdictOf(results, 'steadier from fold to fold'));
});

test('curiosity is held against max-softmax by a test of AUROC', () => {
  const words = 'Curiosity tells wrong answers';
  const tested = (effect: number, adjusted = 0.01) =>
    withTests({
      a: 'curiosity of curiosity 0.5',
      b: '1 − max-softmax of curiosity 0.5',
      measure: 'auroc',
      effect,
      adjusted,
    });
  expect(verdictOf(tested(0.1), words)).toBe('holds');
  expect(verdictOf(tested(-0.1), words)).toBe('does not hold');
  expect(verdictOf(tested(0.1, 0.06), words)).toBe('not shown');
  expect(verdictOf(withTests(), words)).toBe('not examined');
  expect(claimOf(withTests(), words).finding).toContain('; not tested.');
});

test('tests that take clips as independent, or have few folds, decide no claim', () => {
  for (const kind of ['mcnemar', 'paired-t', 'wilcoxon'] as const) {
    expect(verdictOf(withTests({ test: kind }), better)).toBe('not examined');
  }
});

test('a test that could have shown nothing leaves a claim not shown, and says why', () => {
  const names = { a: 'plain router', b: 'curiosity 0.5', question: 'q' };
  const reason = 'on 3 of 80 sources alone the two differ';
  const silent: Results = {
    ...withTests(),
    notRun: [{ ...names, test: 'clustered-bootstrap', measure: 'accuracy', leastP: 0.25, reason }],
  };
  expect(claimOf(silent, better)).toMatchObject({
    verdict: 'not shown',
    finding:
      'No bootstrap of accuracy between plain router and curiosity 0.5: on 3 of 80 sources alone the two differ.',
  });
});

test('routing has to beat chance at equal bits, and the best expert alone', () => {
  expect(verdictOf(withTests({ b: 'random' }), 'random routing')).toBe('holds');
  expect(verdictOf(withTests({ b: 'random', adjusted: 0.5 }), 'random routing')).toBe('not shown');
  expect(verdictOf(withTests({ b: 'always 4-bit' }), 'best expert alone')).toBe('holds');
  expect(verdictOf(withTests(), 'best expert alone')).toBe('not examined');
});

test('outcomes and their sentences name the model that has more', () => {
  expect(outcomeOf(base, 0.05)).toBe('a more');
  expect(outcomeOf({ ...base, adjusted: 0.05 }, 0.05)).toBe('undecided');
  expect(outcomeOf({ ...base, test: 'brown-forsythe', effect: null }, 0.05)).toBe('a more');
  expect(
    readings(
      [
        { ...base, test: 'mcnemar' },
        { ...base, adjusted: 0.02 },
      ],
      0.05,
    ),
  ).toBe(
    'curiosity 0.5 is right more often than plain router (McNemar p = 0.0100 and bootstrap p = 0.0200).',
  );
  expect(readings([{ ...base, test: 'tost', margin: 0.05, adjusted: 0.4 }], 0.05)).toBe(
    'That curiosity 0.5 and plain router are equal within ±0.050 is not shown (TOST p = 0.400).',
  );
  expect(readings([{ ...base, adjusted: 0.4, detectable: 0.031 }], 0.05)).toBe(
    'No difference is shown between curiosity 0.5 and plain router (bootstrap p = 0.400, would show ±0.031).',
  );
  const identical = { ...base, test: 'tost', margin: 0.05, effect: 0, n: 40, unit: 'source' } as const;
  expect(readings([{ ...identical, adjusted: 0.129 }], 0.05)).toBe(
    'curiosity 0.5 and plain router are identical on 40 sources: too few sources to show that they are equal within ±0.050 (TOST p = 0.129).',
  );
  expect(readings([{ ...identical, adjusted: 0.02 }], 0.05)).toContain(
    'identical on 40 sources: equal within',
  );
});

test('limits say what the results cannot', () => {
  const limits = limitsOf(results);
  expect(limits).toContain(
    'virtual board is simulated (virtual, profile Cortex-M4F, 64 MHz): no hardware was measured.',
  );
  expect(limits).toContain(
    `${results.notRun!.length} tests could not have shown anything with these answers and were not made; they are named beside the others.`,
  );
  expect(limits).toContain('Left out: 1 clip (Missing file).');
  expect(limits).toContain(
    'Energy is latency times a constant here: it shows nothing that latency does not.',
  );
  expect(limits.some((limit) => /^Front end and encoder take (79|80)\.\d %/.test(limit))).toBe(true);
  expect(limits).toContain('The answers are made up.');
  const unsound = limitsOf({
    ...results,
    board: null,
    protocol: {
      ...results.protocol,
      ...{ sourcesApart: false, officialFolds: false, answers: 'board', nested: false },
    },
    encoder: { ...results.encoder, heldOut: false },
    tests: [],
    notRun: [],
  });
  expect(unsound.slice(0, 4)).toEqual([
    'Nothing ran on a board: latency, energy and carbon are missing, and nothing is said of them.',
    'The folds are not the data set’s own.',
    'Clips of one source stand on both sides of a split: the scores are too high.',
    'The encoder was trained on the folds it is tested on: the scores are too high.',
  ]);
  expect(unsound[4]).toContain('The encoder heard the clips that stop training');
  expect(unsound.some((limit) => limit.includes('shown anything'))).toBe(false);
});
