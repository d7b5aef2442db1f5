import { describe, expect, test } from 'vitest';
import { Random } from '../training/random.ts';
import type { ClipAnswer } from './answers.ts';
import { compareAnswers, compareUncertainties } from './comparison.ts';
import { studentQuantile } from './distributions.ts';
import { corrected } from './families.ts';
import { compareLatencies } from './latency-comparison.ts';
import { deviation, mean } from './moments.ts';
import { pairedT } from './paired.ts';
import type { Test } from './test-result.ts';

const options = { resamples: 2000, seed: 3, level: 0.95 };
const level = options.level;

/** Forty sources of two clips each in four folds, two classes. @param wrong of clips */
function answers(wrong: (clip: number) => boolean, top = 0.8): ClipAnswer[] {
  return Array.from({ length: 80 }, (_, i) => {
    const truth = i % 2;
    const said = wrong(i) ? 1 - truth : truth;
    return {
      clip: `${i}`,
      source: `source ${i >> 1}`,
      fold: 1 + Math.floor(i / 20),
      truth,
      probabilities: said === 0 ? [top, 1 - top] : [1 - top, top],
      curiosity: null,
    };
  });
}

const named = (name: string, ...values: ClipAnswer[][]) => ({ name, values });
const compare = (a: ClipAnswer[], b: ClipAnswer[]) =>
  compareAnswers(named('a', a), named('b', b), 2, 0.05, options);
const of = (tests: readonly Test[], test: Test['test'], measure: Test['measure']) =>
  tests.find((one) => one.test === test && one.measure === measure)!;

/** Wrong on 16 clips of 16 sources, and on 4 of them. */
const worse = answers((i) => i % 4 === 0 && i < 64);
const better = answers((i) => i % 16 === 0 && i < 64);

describe('two models’ answers', () => {
  const { tests, notRun } = compare(better, worse.toReversed());

  test('are compared over sources, clips and folds, whatever order they come in', () => {
    expect(tests.map(({ test: kind, measure, unit, n }) => [kind, measure, unit, n])).toEqual([
      ['clustered-bootstrap', 'accuracy', 'clip', 80],
      ['clustered-bootstrap', 'weighted-f1', 'clip', 80],
      ['clustered-bootstrap', 'ece', 'clip', 80],
      ['clustered-bootstrap', 'brier', 'clip', 80],
      ['clustered-bootstrap', 'nll', 'clip', 80],
      ['clustered-bootstrap', 'auroc', 'clip', 80],
      ['clustered-bootstrap', 'aurc', 'clip', 80],
      ['clustered-bootstrap', 'augrc', 'clip', 80],
      ['mcnemar', 'accuracy', 'clip', 80],
      ['tost', 'accuracy', 'source', 40],
      ['paired-t', 'weighted-f1', 'fold', 4],
    ]);
    expect(notRun.map(({ test: kind, leastP }) => [kind, leastP])).toEqual([['wilcoxon', 0.125]]);
  });

  test('differ by what is counted by hand', () => {
    expect(of(tests, 'clustered-bootstrap', 'accuracy').effect).toBeCloseTo(12 / 80, 12);
    // A right clip has (0.2)² twice, a wrong one (0.8)² twice.
    expect(of(tests, 'clustered-bootstrap', 'brier').effect).toBeCloseTo((12 * (0.08 - 1.28)) / 80, 12);
    expect(of(tests, 'clustered-bootstrap', 'nll').effect).toBeCloseTo((12 * Math.log(0.2 / 0.8)) / 80, 12);
    // |accuracy − 0.8|: 0.15 and 0
    expect(of(tests, 'clustered-bootstrap', 'ece').effect).toBeCloseTo(0.15, 12);
    expect(of(tests, 'clustered-bootstrap', 'auroc').effect).toBeCloseTo(0, 12);
    expect(of(tests, 'mcnemar', 'accuracy')).toMatchObject({ effect: 12 / 80, p: 2 / 2 ** 12 });
  });

  test('have a standard error that is the clustered one, by formula', () => {
    // (Σ over sources of (their sum of differences − clips · mean)²)^½ / clips · (40 / 39)^½, one clip of 12 sources
    const mine = Array.from({ length: 40 }, (_, source) => Number(source % 2 === 0 && source % 8 !== 0 && source < 32));
    const total = mine.reduce((sum, one) => sum + one, 0) / 80;
    const squares = mine.reduce((sum, one) => sum + (one - 2 * total) ** 2, 0);
    const expected = Math.sqrt(squares * (40 / 39)) / 80;
    const { standardError } = of(tests, 'clustered-bootstrap', 'accuracy');
    expect(standardError!.degrees).toBe(39);
    expect(standardError!.value / expected).toBeCloseTo(1, 1);
  }); // prettier-ignore
});

test('what could have shown nothing is not tested but named, with the least p that was possible', () => {
  // five sources alone differ, all in favour of one: 2 / 2^5
  const few = answers((i) => i % 4 === 0 && i < 64 && i >= 20);
  const { tests, notRun } = compare(few, worse);
  expect(of(tests, 'clustered-bootstrap', 'accuracy')).toBeUndefined();
  expect(notRun.filter(({ measure }) => measure === 'accuracy')).toEqual([
    {
      test: 'clustered-bootstrap',
      measure: 'accuracy',
      leastP: 2 / 2 ** 5,
      reason: 'on 5 of 40 sources alone one of the two is right and the other is not',
      a: 'a',
      b: 'b',
    },
    expect.objectContaining({ test: 'mcnemar', leastP: 2 / 2 ** 5 }),
  ]);
});

test('identical answers leave nothing to test but how equal they are', () => {
  const { tests, notRun } = compare(worse, answers((i) => i % 4 === 0 && i < 64)); // prettier-ignore
  expect(tests.map(({ test: kind, p }) => [kind, p])).toEqual([['tost', 0.95 ** 40], ['paired-t', 1]]); // prettier-ignore
  expect(tests[0]!.method).toContain('identical on every source');
  expect(notRun.every(({ leastP }) => leastP === 1)).toBe(true);
});

test('no AUROC is compared where a model is never wrong', () => {
  const { notRun } = compare(
    worse,
    answers(() => false),
  );
  expect(notRun.map(({ test: kind, measure }) => [kind, measure])).toContainEqual([
    'clustered-bootstrap',
    'auroc',
  ]);
});

test('no bootstrap is surer than its sources: seven that differ alike are as rare as seven equal signs', () => {
  const seven = answers((i) => i % 4 === 0 && i < 64 && i >= 28);
  const accuracy = of(compare(seven, worse).tests, 'clustered-bootstrap', 'accuracy');
  expect(accuracy.p).toBeGreaterThanOrEqual(2 / 2 ** 7);
});

test('Wilcoxon’s test joins where folds enough differ', () => {
  const inFolds = (values: ClipAnswer[]) => values.map((one, i) => ({ ...one, fold: i >> 3 }));
  const { tests } = compare(inFolds(better), inFolds(worse));
  expect(tests.at(-1)).toMatchObject({
    test: 'wilcoxon',
    n: 10,
    method: 'exact; 2 of 10 pairs do not differ: ranked below the others, without a sign (Pratt)',
  });
});

test('models that did not answer the same clips are not compared', () => {
  expect(() => compare(worse, worse.slice(1))).toThrow(RangeError);
  expect(() => compare(worse, [...worse.slice(1), worse[1]!])).toThrow(RangeError);
});

test('of two uncertainties that which ranks wrong answers higher is shown to be better', () => {
  const random = new Random(5);
  const wrong = (i: number) => i % 4 === 0;
  const mine = answers(wrong);
  const a = { name: 'knowing', values: [mine.map((_, i) => (wrong(i) ? 1 : 0) + random.uniform())] };
  const b = { name: 'guessing', values: [mine.map(() => random.uniform())] };
  const { tests, notRun } = compareUncertainties({ answers: [mine], a, b }, options);
  expect(notRun).toEqual([]);
  expect(tests.map(({ measure }) => measure)).toEqual(['auroc', 'aurc', 'augrc']);
  const auroc = of(tests, 'clustered-bootstrap', 'auroc');
  expect(auroc).toMatchObject({ a: 'knowing', b: 'guessing', n: 80 });
  expect(auroc.interval!.low).toBeGreaterThan(0);
  expect(auroc.p).toBeLessThan(0.01);
});

describe('models that were trained several times', () => {
  const once = compare(better, worse);
  const again = compareAnswers(
    named('a', better, better, better),
    named('b', worse, worse, worse),
    2,
    0.05,
    options,
  );

  test('whose trainings agree are no surer than one training: no clip, source or fold is counted twice', () => {
    expect(again.tests.map(({ n, unit }) => [n, unit])).toEqual(once.tests.map(({ n, unit }) => [n, unit]));
    again.tests.forEach(({ p, effect, interval }, i) => {
      expect(p).toBeCloseTo(once.tests[i]!.p, 12);
      expect(effect).toBeCloseTo(once.tests[i]!.effect!, 12);
      expect(interval?.low ?? 0).toBeCloseTo(once.tests[i]!.interval?.low ?? 0, 12);
    });
    expect(again.notRun).toEqual(once.notRun);
  });

  test('differ by the mean over trainings, a clip counting for the model that is right in more of them', () => {
    // the first model is right about clip 0 in one of three trainings more, about clip 4 in one less
    const a = [
      answers((i) => i % 4 === 0),
      answers((i) => i % 4 === 0 && i !== 0),
      answers((i) => i % 4 === 0),
    ];
    const b = [
      answers((i) => i % 4 === 0),
      answers((i) => i % 4 === 0),
      answers((i) => i % 4 === 0 && i !== 4),
    ];
    const { tests, notRun } = compareAnswers(named('a', ...a), named('b', ...b), 2, 0.05, options);
    expect(notRun.find(({ test: kind }) => kind === 'mcnemar')!.reason).toBe(
      'on 2 of 80 clips alone one of the two is right and the other is not',
    );
    expect(of(tests, 'tost', 'accuracy')).toMatchObject({ n: 40, effect: 0 });
    const many = [worse, better, better].map((mine) => mine);
    const signs = compareAnswers(named('a', ...many), named('b', worse, worse, worse), 2, 0.05, options);
    const sign = of(signs.tests, 'mcnemar', 'accuracy');
    // twelve clips, each in two of three trainings: 12 · ⅔ / 80, and 2 · 2⁻¹² of as many equal signs
    expect(sign.effect).toBeCloseTo(0.1, 12);
    expect(sign.p).toBeCloseTo(2 ** -11, 12);
    expect(sign.method).toContain('12 clips right with the first in more of 3 trainings, 0 with the second');
  });

  test('are not compared with models that were trained more or less often', () => {
    expect(() => compareAnswers(named('a', worse, worse), named('b', worse), 2, 0.05, options)).toThrow(
      RangeError,
    );
  });
});

describe('families', () => {
  const { tests } = compare(better, worse);
  const results = corrected('is a better', tests, level);

  test('are of one question and one purpose, and are corrected each by itself', () => {
    const sizes = new Map<string, number>();
    for (const { family } of results) sizes.set(family, (sizes.get(family) ?? 0) + 1);
    expect([...sizes]).toEqual([
      ['is a better: are the answers better', 2],
      ['is a better: are the probabilities better', 3],
      ['is a better: are errors told better', 3],
      ['is a better: clips taken as independent', 1],
      ['is a better: are they equal', 1],
      ['is a better: from fold to fold', 1],
    ]);
    const alone = results.find(({ test: kind }) => kind === 'mcnemar')!;
    expect(alone.adjusted).toBe(alone.p);
    const pair = results.filter(({ family }) => family.endsWith('are the answers better'));
    const rarest = Math.min(...pair.map(({ p }) => p));
    expect(Math.min(...pair.map(({ adjusted }) => adjusted))).toBeCloseTo(Math.min(1, 2 * rarest), 12);
  });

  test('tell the least effect that they would show, from standard error, sources and size of the family', () => {
    const test24 = { ...tests[0]!, standardError: { value: 0.04, degrees: 23 } };
    const family = ['accuracy', 'weighted-f1', 'accuracy'] as const;
    const [first] = corrected('q', family.map((measure) => ({ ...test24, measure })), level); // prettier-ignore
    // SciPy 1.17.1: (t.ppf(1 − 0.05 / 6, 23) + t.ppf(0.8, 23)) · 0.04
    expect(first!.detectable).toBeCloseTo(0.1375818700796861, 12);
    const unknown = { ...tests[0]!, standardError: { value: 0, degrees: 23 } };
    expect(corrected('q', [unknown], level)[0]!.detectable).toBeNull();
  });
});

test('an effect as large as the detectable one is shown four times out of five', () => {
  const random = new Random(9);
  const [n, times] = [25, 1500];
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const effect = (studentQuantile(0.975, n - 1) + studentQuantile(0.8, n - 1)) / Math.sqrt(n);
  const shown = Array.from({ length: times }, () =>
    Number(pairedT(Array.from({ length: n }, () => effect + normal())).p < 0.05),
  );
  expect(mean(shown)).toBeGreaterThan(0.77);
  expect(mean(shown)).toBeLessThan(0.83);
}); // prettier-ignore

test('latencies are compared by spread, and by size where the windows are the same', () => {
  const steady = { name: 'curiosity', values: [10, 11, 12, 13, 14, 15] };
  const erratic = { name: 'plain', values: [0, 20, 5, 25, 10, 40] };
  const [spread, size] = compareLatencies(erratic, steady, true);
  expect(spread).toMatchObject({ test: 'brown-forsythe', n: 6 });
  expect(spread!.effect).toBeCloseTo(deviation(erratic.values)! / deviation(steady.values)!, 12);
  expect(size).toMatchObject({ test: 'wilcoxon', method: 'exact' });
  expect(compareLatencies(erratic, steady, false)).toHaveLength(1);
  const constant = { name: 'constant', values: [3, 3, 3, 3] };
  expect(compareLatencies(erratic, constant, false)[0]!.effect).toBeNull();
  expect(() => compareLatencies(erratic, constant, true)).toThrow(RangeError);
});
