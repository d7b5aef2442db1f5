import { byFold, isRight, paired, predictedOf, type ClipAnswer } from './answers.ts';
import { bootstrapP, clusteredBootstrap, percentileInterval, type BootstrapOptions } from './bootstrap.ts';
import { classCounts, classificationScores } from './classification.ts';
import { holm } from './holm.ts';
import { leastWilcoxonP } from './least-p.ts';
import { levene } from './levene.ts';
import { mcnemarOfCounts } from './mcnemar.ts';
import { deviation, mean } from './moments.ts';
import { pairedT, tost, type Interval } from './paired.ts';
import { wilcoxon } from './wilcoxon.ts';

export type TestKind =
  'mcnemar' | 'clustered-bootstrap' | 'paired-t' | 'wilcoxon' | 'brown-forsythe' | 'tost';

export type Measure = 'accuracy' | 'weighted-f1' | 'latency';

/** Null hypothesis: no difference between a and b; of 'tost': they differ by `margin` or more. */
export interface Test {
  readonly test: TestKind;
  /** Names of models; differences are a − b. */
  readonly a: string;
  readonly b: string;
  readonly measure: Measure;
  /** What was counted as one observation, and how many there were (of each model, where not paired). */
  readonly unit: 'clip' | 'source' | 'fold' | 'inference';
  readonly n: number;
  /** For a person: 'exact binomial', 'normal approximation with tie and continuity correction', … */
  readonly method: string;
  /** Finite; null where the test has none. */
  readonly statistic: number | null;
  /**
   * a − b in the measure's own unit (of 'wilcoxon' the Hodges–Lehmann estimate); of 'brown-forsythe' the ratio of the
   * standard deviations, a / b, null where b does not vary.
   */
  readonly effect: number | null;
  readonly interval: Interval | null;
  /** In the measure's own unit; of 'tost' alone. */
  readonly margin: number | null;
  readonly p: number;
}

export interface TestResult extends Test {
  /** Tests that Holm's correction was made over together. */
  readonly family: string;
  /** p after that correction. */
  readonly adjusted: number;
}

/** One model's part of a comparison. */
export interface Named<T> {
  readonly name: string;
  readonly values: T;
}

/**
 * How two models' answers to the same clips differ: McNemar and the clustered bootstrap over clips, equivalence
 * over sources, t over folds (where there are two), and Wilcoxon over folds (where there are enough to show anything).
 * @param margin of equivalence, in accuracy, above 0
 * @throws RangeError if the models did not answer the same clips
 */
export function compareAnswers(
  a: Named<readonly ClipAnswer[]>,
  b: Named<readonly ClipAnswer[]>,
  classes: number,
  margin: number,
  options: BootstrapOptions,
): Test[] {
  const pairs = paired(a.values, b.values);
  const names = { a: a.name, b: b.name };
  return [
    { ...names, ...mcnemarTest(pairs) },
    ...bootstrapTests(pairs, classes, options).map((test) => ({ ...names, ...test })),
    ...tostTests(pairs, margin).map((test) => ({ ...names, ...test })),
    ...foldTests(pairs, classes, options.level).map((test) => ({ ...names, ...test })),
  ];
}

type Pairs = readonly (readonly [ClipAnswer, ClipAnswer])[];
type Unnamed = Omit<Test, 'a' | 'b'>;

/** Fewer clips than this that only one model gets right: the chi-square approximation does not serve. */
const leastForChiSquare = 25;

function mcnemarTest(pairs: Pairs): Unnamed {
  const first = pairs.filter(([a, b]) => isRight(a) && !isRight(b)).length;
  const second = pairs.filter(([a, b]) => !isRight(a) && isRight(b)).length;
  const result = mcnemarOfCounts(first, second);
  const exact = first + second < leastForChiSquare;
  return {
    test: 'mcnemar',
    measure: 'accuracy',
    unit: 'clip',
    n: pairs.length,
    method: `${exact ? 'exact binomial' : 'chi-square with continuity correction'}; ${first} clips right with the first alone, ${second} with the second alone`,
    statistic: exact ? null : result.chiSquare,
    effect: (first - second) / pairs.length,
    interval: null,
    margin: null,
    p: exact ? result.exactP : result.chiSquareP,
  };
}

/** Difference of accuracy and of weighted F1 over the pairs at some indices. */
function scoreDifference(
  pairs: Pairs,
  classes: number,
): (indices: readonly number[]) => readonly [accuracy: number, weightedF1: number] {
  const truth = pairs.map(([answer]) => answer.truth);
  const predicted = [0, 1].map((side) => pairs.map((pair) => predictedOf(pair[side]!)));
  return (indices) => {
    const [a, b] = predicted.map((side) => classificationScores(classCounts(truth, side, classes, indices)));
    return [a!.accuracy - b!.accuracy, a!.weightedF1 - b!.weightedF1];
  };
}

function bootstrapTests(pairs: Pairs, classes: number, options: BootstrapOptions): Unnamed[] {
  const sources = pairs.map(([{ source }]) => source);
  const difference = scoreDifference(pairs, classes);
  const drawn = clusteredBootstrap(sources, difference, options);
  const observed = difference([...pairs.keys()]);
  return (['accuracy', 'weighted-f1'] as const).map((measure, i) => ({
    test: 'clustered-bootstrap',
    measure,
    unit: 'clip',
    n: pairs.length,
    method: `${options.resamples} resamples of ${new Set(sources).size} sources, percentile`,
    statistic: null,
    effect: observed[i]!,
    interval: { ...percentileInterval(drawn[i]!, options.level), level: options.level },
    margin: null,
    p: bootstrapP(drawn[i]!),
  }));
}

/** One difference of accuracy a source: clips of one source are no independent observations. */
function tostTests(pairs: Pairs, margin: number): Unnamed[] {
  const sources = new Map<string, number[]>();
  for (const [a, b] of pairs) {
    const differences = sources.get(a.source) ?? [];
    differences.push(Number(isRight(a)) - Number(isRight(b)));
    sources.set(a.source, differences);
  }
  if (sources.size < 2) return [];
  const result = tost([...sources.values()].map(mean), margin);
  return [
    {
      test: 'tost',
      measure: 'accuracy',
      unit: 'source',
      n: sources.size,
      method: result.t
        ? 'two one-sided t-tests of each source’s mean difference'
        : 'no source differs: how likely that is where a share of the margin’s size does',
      statistic: result.t && finite(Math.min(result.t[0], -result.t[1])),
      effect: result.effect,
      interval: result.interval,
      margin,
      p: result.p,
    },
  ];
}

/** Wilcoxon's test is made where so many folds can give a p below 1 − level: one that cannot only costs the others. */
function foldTests(pairs: Pairs, classes: number, level: number): Unnamed[] {
  const difference = scoreDifference(pairs, classes);
  const differences = [...byFold(pairs.map(([answer]) => answer)).keys()].map((fold) => {
    const members = pairs.flatMap(([answer], i) => (answer.fold === fold ? [i] : []));
    return difference(members)[1];
  });
  if (differences.length < 2) return [];
  const t = pairedT(differences, level, 1 / (differences.length - 1));
  const wilcoxonCanShow = leastWilcoxonP(differences.length) < 1 - level;
  const folds = { measure: 'weighted-f1', unit: 'fold', n: differences.length, margin: null } as const;
  return [
    {
      ...folds,
      test: 'paired-t',
      method: `two-sided, ${t.degrees} degrees of freedom, corrected for folds that share training clips`,
      statistic: finite(t.t),
      effect: t.effect,
      interval: t.interval,
      p: t.p,
    },
    ...(wilcoxonCanShow ? [{ ...folds, ...wilcoxonTest(differences) }] : []),
  ];
}

const wilcoxonMethods = {
  exact: 'exact',
  normal: 'normal approximation with tie and continuity correction',
  none: 'no pair differs',
};

function wilcoxonTest(
  differences: readonly number[],
): Pick<Test, 'test' | 'method' | 'statistic' | 'effect' | 'interval' | 'p'> {
  const result = wilcoxon(differences);
  const zeros = differences.length - result.n;
  const left =
    zeros === 0 ? '' : `; ${zeros} of ${differences.length} pairs do not differ and take no part in the test`;
  return {
    test: 'wilcoxon',
    method: `${wilcoxonMethods[result.method]}${left}`,
    statistic: result.w,
    effect: result.effect,
    interval: null,
    p: result.p,
  };
}

/**
 * How two models' latencies differ: their spread (Brown–Forsythe) and, where both ran the same windows in the same
 * order, their size (Wilcoxon).
 * @param a, b microseconds of each inference, two at least
 * @throws RangeError if there are fewer, or `sameWindows` and not as many of each
 */
export function compareLatencies(
  a: Named<readonly number[]>,
  b: Named<readonly number[]>,
  sameWindows: boolean,
): Test[] {
  if (sameWindows && a.values.length !== b.values.length) {
    throw new RangeError(`${a.values.length} and ${b.values.length} inferences are not of the same windows`);
  }
  const names = { a: a.name, b: b.name, measure: 'latency', unit: 'inference', margin: null } as const;
  const spread = levene([a.values, b.values]);
  const n = Math.min(a.values.length, b.values.length);
  const below = deviation(b.values)!;
  const tests: Test[] = [
    {
      ...names,
      test: 'brown-forsythe',
      n,
      method: `Levene’s test about the medians, F with ${spread.degrees.join(' and ')} degrees of freedom`,
      statistic: finite(spread.w),
      effect: below === 0 ? null : deviation(a.values)! / below,
      interval: null,
      p: spread.p,
    },
  ];
  if (sameWindows) {
    tests.push({ ...names, n, ...wilcoxonTest(a.values.map((value, i) => value - b.values[i]!)) });
  }
  return tests;
}

/** JSON has no infinity. */
const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);

/** Holm's correction over tests that belong together. */
export function corrected(family: string, tests: readonly Test[]): TestResult[] {
  const adjusted = holm(tests.map(({ p }) => p));
  return tests.map((test, i) => ({ ...test, family, adjusted: adjusted[i]! }));
}
