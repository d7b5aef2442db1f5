import { byFold, isRight, paired, predictedOf, type ClipAnswer } from './answers.ts';
import {
  bootstrapP,
  clusteredBootstrap,
  definite,
  percentileInterval,
  type BootstrapOptions,
} from './bootstrap.ts';
import { classCounts, classificationScores } from './classification.ts';
import { leastSignP } from './least-p.ts';
import { mcnemarOfCounts } from './mcnemar.ts';
import { deviation, mean } from './moments.ts';
import { pairedT, tost } from './paired.ts';
import {
  calibrationMeasures,
  calibrationOfDraws,
  detectionMeasures,
  detectionOfDraws,
  doubtOf,
} from './quality.ts';
import { meanOver, requireSameClips } from './trainings.ts';
import { finite, type Comparison, type Measure, type Named, type NotRun, type Test } from './test-result.ts';
import { wilcoxonTest } from './wilcoxon-test.ts';

/**
 * How two models' answers to the same clips differ: the clustered bootstrap of accuracy, weighted F1, calibration and
 * error detection by 1 − the top probability; McNemar over clips, equivalence over sources, t over folds (where there
 * are two) and Wilcoxon over folds. Of models that were trained several times every difference is the mean over the
 * trainings: these make no clip, source or fold more. A test that cannot give a p below 1 − level here is not made but
 * named.
 * @param a [training] its answers @param b as many trainings
 * @param margin of equivalence, in accuracy, above 0
 * @throws RangeError if the models did not answer the same clips
 */
export function compareAnswers(
  a: Named<readonly (readonly ClipAnswer[])[]>,
  b: Named<readonly (readonly ClipAnswer[])[]>,
  classes: number,
  margin: number,
  options: BootstrapOptions,
): Comparison {
  requireSameClips(a.values);
  if (a.values.length !== b.values.length)
    throw new RangeError(`${a.values.length} trainings of ${a.name} stand against ${b.values.length} of ${b.name}`); // prettier-ignore
  const trained = a.values.map((answers, i) => paired(answers, b.values[i]!));
  const clips = gapsOf(trained);
  const made = [
    ...drawn(answerStatistics(trained, classes), options),
    mcnemarTest(clips, trained.length, options.level),
    ...tostTests(clips, margin),
    ...foldTests(trained, classes, options.level),
  ];
  return named(a.name, b.name, made);
}

/** What tells a model's own wrong answers: two uncertainties of the same answers, of each training. */
export interface Uncertainties {
  readonly answers: readonly (readonly ClipAnswer[])[];
  readonly a: Named<readonly ArrayLike<number>[]>;
  readonly b: Named<readonly ArrayLike<number>[]>;
}

/** Which of two uncertainties tells wrong answers better, by the clustered bootstrap of AUROC, AURC and AUGRC. */
export function compareUncertainties(
  { answers, a, b }: Uncertainties,
  options: BootstrapOptions,
): Comparison {
  requireSameClips(answers);
  const sides = [a, b].map(({ values }) =>
    meanOver(answers.map((mine, i) => detectionOfDraws(mine, values[i]!))),
  );
  const clips = answers[0]!.map(({ source }, clip) => ({
    source,
    differs: a.values.some((mine, i) => mine[clip] !== b.values[i]![clip]),
  }));
  const statistics = detectionMeasures.map((measure) => ({ measure, clips }));
  const difference = (draw: readonly number[]) => minus(sides[0]!(draw), sides[1]!(draw));
  return named(a.name, b.name, drawn({ statistics, difference }, options));
}

/** A test by one model's and the other's name, or why it was not made. */
type Unnamed = Omit<Test, 'a' | 'b'> | Omit<NotRun, 'a' | 'b'>;

function named(a: string, b: string, made: readonly Unnamed[]): Comparison {
  const tests: Test[] = [];
  const notRun: NotRun[] = [];
  for (const one of made) {
    if ('reason' in one) notRun.push({ ...one, a, b });
    else tests.push({ ...one, a, b });
  }
  return { tests, notRun };
}

type Pairs = readonly (readonly [ClipAnswer, ClipAnswer])[];

/** A clip, and by how much more often the first model is right about it than the second: −1 … 1. */
interface Gap {
  readonly source: string;
  readonly fold: number;
  readonly gap: number;
}

/** @param trained [training] pairs of the same clips */
const gapsOf = (trained: readonly Pairs[]): Gap[] =>
  trained[0]!.map(([{ source, fold }], clip) => ({
    source,
    fold,
    gap: mean(trained.map((pairs) => Number(isRight(pairs[clip]![0])) - Number(isRight(pairs[clip]![1])))), // prettier-ignore
  }));

/** Fewer clips than this that only one model gets right: the chi-square approximation does not serve. */
const leastForChiSquare = 25;

/** Of several trainings a clip counts for the model that is right about it in more of them: the sign test. */
function mcnemarTest(clips: readonly Gap[], trainings: number, level: number): Unnamed {
  const first = clips.filter(({ gap }) => gap > 0).length;
  const second = clips.filter(({ gap }) => gap < 0).length;
  const names = { test: 'mcnemar', measure: 'accuracy' } as const;
  const leastP = leastSignP(first + second);
  if (!(leastP < 1 - level)) {
    return { ...names, leastP, reason: tooFew(first + second, clips.length, 'clip', true) };
  }
  const result = mcnemarOfCounts(first, second);
  const exact = first + second < leastForChiSquare;
  const counted =
    trainings === 1
      ? `${first} clips right with the first alone, ${second} with the second alone`
      : `${first} clips right with the first in more of ${trainings} trainings, ${second} with the second`;
  return {
    ...names,
    unit: 'clip',
    n: clips.length,
    method: `${exact ? 'exact binomial' : 'chi-square with continuity correction'}; ${counted}`,
    statistic: exact ? null : result.chiSquare,
    effect: mean(clips.map(({ gap }) => gap)),
    interval: null,
    margin: null,
    p: exact ? result.exactP : result.chiSquareP,
  };
}

/** @param right what differs is whether they are right, not what they say */
const tooFew = (differing: number, all: number, unit: string, right: boolean): string => {
  const what = right ? 'one of the two is right and the other is not' : 'the two differ';
  return differing === 0
    ? `on none of ${all} ${unit}s ${what}: there is nothing to test`
    : `on ${differing} of ${all} ${unit}s alone ${what}`;
};

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

/** What a statistic is of, and on which clips it can differ at all. */
interface Statistic {
  readonly measure: Measure;
  readonly clips: readonly { readonly source: string; readonly differs: boolean }[];
}

interface Statistics {
  readonly statistics: readonly Statistic[];
  readonly difference: (draw: readonly number[]) => readonly number[];
}

const minus = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value - b[i]!);

function answerStatistics(trained: readonly Pairs[], classes: number): Statistics {
  const differing = (differ: (a: ClipAnswer, b: ClipAnswer) => boolean) =>
    trained[0]!.map(([{ source }], clip) => ({
      source,
      differs: trained.some((pairs) => differ(...pairs[clip]!)),
    }));
  const right = gapsOf(trained).map(({ source, gap }) => ({ source, differs: gap !== 0 }));
  const said = differing((a, b) => predictedOf(a) !== predictedOf(b));
  const probable = differing((a, b) => Array.from(a.probabilities).some((p, c) => p !== b.probabilities[c]));
  const scores = meanOver(trained.map((pairs) => scoreDifference(pairs, classes)));
  const sides = [0, 1].map((side) => {
    const answers = trained.map((pairs) => pairs.map((pair) => pair[side]!));
    const parts = [
      meanOver(answers.map(calibrationOfDraws)),
      meanOver(answers.map((mine) => detectionOfDraws(mine, mine.map(doubtOf)))), // prettier-ignore
    ];
    return (draw: readonly number[]) => parts.flatMap((part) => part(draw));
  });
  return {
    statistics: [
      { measure: 'accuracy', clips: right },
      { measure: 'weighted-f1', clips: said },
      ...[...calibrationMeasures, ...detectionMeasures].map((measure) => ({ measure, clips: probable })),
    ],
    difference: (draw) => [...scores(draw), ...minus(sides[0]!(draw), sides[1]!(draw))],
  };
}

/**
 * The bootstrap by itself would be surer than its sources allow where few of them differ: all of them on one side are
 * no rarer than as many equal signs.
 */
function drawn({ statistics, difference }: Statistics, options: BootstrapOptions): Unnamed[] {
  const { clips } = statistics[0]!;
  const sources = clips.map(({ source }) => source);
  const count = new Set(sources).size;
  const draws = clusteredBootstrap(sources, difference, options);
  const observed = difference([...clips.keys()]);
  return statistics.map(({ measure, clips: own }, i): Unnamed => {
    const names = { test: 'clustered-bootstrap', measure } as const;
    const differing = new Set(own.flatMap(({ source, differs }) => (differs ? [source] : []))).size;
    const leastP = leastSignP(differing);
    if (!(leastP < 1 - options.level)) {
      return { ...names, leastP, reason: tooFew(differing, count, 'source', measure === 'accuracy') };
    }
    const known = definite(draws[i]!);
    if (Number.isNaN(observed[i]!) || 2 * known.length < options.resamples) {
      return { ...names, leastP: 1, reason: 'one of the two is hardly ever wrong, or hardly ever right' };
    }
    return {
      ...names,
      unit: 'clip',
      n: clips.length,
      method: `${known.length} resamples of ${count} sources, percentile; they differ on ${differing} sources`,
      statistic: null,
      effect: observed[i]!,
      interval: { ...percentileInterval(known, options.level), level: options.level },
      margin: null,
      p: Math.max(leastP, bootstrapP(known)),
      standardError: { value: deviation(known)!, degrees: count - 1 },
    };
  });
}

/** One difference of accuracy a source: clips of one source are no independent observations. */
function tostTests(clips: readonly Gap[], margin: number): Unnamed[] {
  const sources = new Map<string, number[]>();
  for (const { source, gap } of clips) sources.set(source, [...(sources.get(source) ?? []), gap]);
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
        : 'identical on every source: how likely that is where a share of the margin’s size differs',
      statistic: result.t && finite(Math.min(result.t[0], -result.t[1])),
      effect: result.effect,
      interval: result.interval,
      margin,
      p: result.p,
    },
  ];
}

/**
 * Over the folds' differences of weighted F1. Student's t is corrected for trainings that share clips; Wilcoxon's test
 * counts folds as independent, which they are not quite: it is told beside the t.
 */
function foldTests(trained: readonly Pairs[], classes: number, level: number): Unnamed[] {
  const difference = meanOver(trained.map((pairs) => scoreDifference(pairs, classes)));
  const answers = trained[0]!.map(([answer]) => answer);
  const differences = [...byFold(answers).keys()].map((fold) => {
    const members = answers.flatMap((answer, i) => (answer.fold === fold ? [i] : []));
    return difference(members)[1]!;
  });
  if (differences.length < 2) return [];
  const t = pairedT(differences, level, 1 / (differences.length - 1));
  const folds = { measure: 'weighted-f1', unit: 'fold', n: differences.length, margin: null } as const;
  const differing = differences.filter((one) => one !== 0).length;
  const leastP = leastSignP(differing);
  return [
    {
      ...folds,
      test: 'paired-t',
      method: `two-sided, ${t.degrees} degrees of freedom, corrected for folds that share training clips`,
      statistic: finite(t.t),
      effect: t.effect,
      interval: t.interval,
      p: t.p,
      standardError: { value: t.error, degrees: t.degrees },
    },
    leastP < 1 - level
      ? { ...folds, ...wilcoxonTest(differences) }
      : {
          test: 'wilcoxon',
          measure: 'weighted-f1',
          leastP,
          reason: tooFew(differing, differences.length, 'fold', false),
        },
  ];
}
