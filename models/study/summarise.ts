/** All folds and seeds of a study together: scores, tests and what else the report is made of. */
import type { ClipAnswer } from '../evaluation/answers.ts';
import { percentileInterval, type BootstrapOptions, type Estimate } from '../evaluation/bootstrap.ts';
import { classCounts, classificationScores } from '../evaluation/classification.ts';
import { mean } from '../evaluation/moments.ts';
import { compareAnswers, compareUncertainties } from '../evaluation/comparison.ts';
import { corrected } from '../evaluation/families.ts';
import { compareLatencies } from '../evaluation/latency-comparison.ts';
import { doubtOf } from '../evaluation/quality.ts';
import { modelScores, type ModelScores } from '../evaluation/scores.ts';
import type { Training } from '../evaluation/trainings.ts';
import type { Comparison, NotRunOf } from '../evaluation/test-result.ts';
import type {
  Cost,
  DealSpread,
  ExpertResult,
  FlipStudy,
  LossCurve,
  MixtureResult,
  TestResult,
} from '../report/results.ts';
import { meanBitsOf, randomDeals, type FoldOutcome, type ModelAnswers } from './assess.ts';
import { uncertaintyName } from '../report/uncertainty-name.ts';
import { kindOf } from './kinds.ts';

/** What is known of an expert besides its answers. */
export interface ExpertFacts {
  readonly kind: string;
  readonly detail: string;
  readonly parameters: number;
  readonly imageBytes: ExpertResult['imageBytes'];
  readonly flashBytes: ExpertResult['flashBytes'];
  readonly ramBytes: ExpertResult['ramBytes'];
  readonly losses: readonly LossCurve[];
  readonly cost: Cost | null;
  readonly trainingSeconds: ExpertResult['trainingSeconds'];
  readonly agreement: ExpertResult['agreement'];
}

export interface StudyInput {
  readonly classes: number;
  readonly bank: readonly string[];
  /** of every fold and seed: each seed has all folds */
  readonly folds: readonly FoldOutcome[];
  readonly experts: readonly ExpertFacts[];
  /** by the mixture's name; those that did not run on a board are missing */
  readonly mixtureCosts: ReadonlyMap<string, Cost>;
  readonly routerLosses: readonly LossCurve[];
  /** of all that a mixture consists of, trained once */
  readonly mixtureTrainingSeconds: MixtureResult['trainingSeconds'];
  readonly flipDraws: number;
  readonly alpha: number;
  readonly bootstrap: BootstrapOptions;
  /** of equivalence, in accuracy */
  readonly margin: number;
}

export interface Summary {
  readonly experts: ExpertResult[];
  readonly mixtures: MixtureResult[];
  readonly flips: FlipStudy;
  readonly tests: TestResult[];
  readonly notRun: NotRunOf[];
}

/** @throws RangeError without a fold */
export function summarise(input: StudyInput): Summary {
  const { folds, classes, bootstrap } = input;
  const [first] = folds;
  if (!first) throw new RangeError('A study has one fold at least');
  const scored = (pick: (fold: FoldOutcome) => ModelAnswers): ModelScores =>
    modelScores(trainingsOf(folds, pick), classes, bootstrap);
  const experts = first.experts.map(({ kind }, i): ExpertResult => {
    const { name, family, bits } = kindOf(kind);
    const { kind: _kind, ...facts } = input.experts.find((one) => one.kind === kind)!;
    return { name, family, bits, ...facts, scores: scored((fold) => fold.experts[i]!) };
  });
  const mixtures = first.mixtures.map(({ name, variant, passes }, i): MixtureResult => {
    const chosen = input.bank.map((_, expert) =>
      folds.reduce((sum, fold) => sum + fold.mixtures[i]!.chosen[expert]!, 0),
    );
    const all = chosen.reduce((sum, one) => sum + one, 0);
    return {
      name,
      kind: variant.kind,
      alpha: variant.kind === 'curiosity' ? variant.alpha : null,
      passes,
      usage: chosen.map((one) => one / all),
      meanBits: meanBitsOf(chosen, input.bank),
      scores: scored((fold) => fold.mixtures[i]!),
      ...(first.mixtures[i]!.deals && { deals: dealsOf(folds, i, input) }),
      cost: input.mixtureCosts.get(name) ?? null,
      trainingSeconds:
        variant.kind === 'always'
          ? (input.experts.find(({ kind }) => kind === variant.expert)?.trainingSeconds ?? null)
          : input.mixtureTrainingSeconds,
      losses: variant.kind === 'plain' || variant.kind === 'curiosity' ? input.routerLosses : [],
    };
  });
  experts.sort((a, b) => a.bits - b.bits);
  return { experts, mixtures, flips: flipsOf(input), ...testsOf(input, experts, mixtures) };
}

/** One model's answers, all folds of a seed together. */
function trainingsOf(folds: readonly FoldOutcome[], pick: (fold: FoldOutcome) => ModelAnswers): Training[] {
  return bySeed(folds).map((mine) => {
    const fitted = mine.flatMap((fold) => {
      const { temperature } = pick(fold);
      return temperature === null ? [] : [[fold.fold, temperature] as const];
    });
    return {
      seed: mine[0]!.seed,
      answers: mine.flatMap((fold) => pick(fold).answers),
      temperatures: fitted.length === mine.length ? new Map(fitted) : null,
    };
  });
}

/** In the order in which the seeds come, each with its folds in rising order. */
function bySeed(folds: readonly FoldOutcome[]): FoldOutcome[][] {
  const seeds = [...new Set(folds.map(({ seed }) => seed))];
  return seeds.map((seed) => folds.filter((one) => one.seed === seed).sort((a, b) => a.fold - b.fold));
}

/** What random routing comes to over all of its deals: their mean, and between which bounds 95 % of them lie. */
function dealsOf(folds: readonly FoldOutcome[], mixture: number, { classes }: StudyInput): DealSpread {
  const trainings = bySeed(folds).map((mine) => mine.map(({ mixtures }) => mixtures[mixture]!));
  const truth = trainings[0]!.flatMap(({ answers }) => answers.map((answer) => answer.truth));
  const every = [...truth.keys()];
  const scores = Array.from({ length: randomDeals }, (_, deal) =>
    trainings.map((mine) => {
      const predicted = mine.flatMap(({ deals }) => [...deals![deal]!]);
      return classificationScores(classCounts(truth, predicted, classes, every));
    }),
  );
  const spread = (of: 'accuracy' | 'weightedF1'): Estimate => {
    const values = Float64Array.from(scores, (each) => mean(each.map((one) => one[of])));
    return { value: mean(values), ...percentileInterval(values, 0.95) };
  };
  return { deals: randomDeals, accuracy: spread('accuracy'), weightedF1: spread('weightedF1') };
}

function flipsOf({ folds, flipDraws, alpha }: StudyInput): FlipStudy {
  const [first] = folds;
  const points = first!.flips.map(({ passes }, i) => {
    const each = folds.map(({ flips }) => flips[i]!);
    const patches = each.reduce((sum, one) => sum + one.patches, 0);
    return { passes, rate: each.reduce((sum, one) => sum + one.rate * one.patches, 0) / patches };
  });
  const samples = bySeed(folds)[0]!.reduce((sum, { flips }) => sum + (flips[0]?.patches ?? 0), 0);
  return { alpha, draws: flipDraws, windows: samples, points };
}

/** The questions that the paper answers, asked here; Holm's correction within each of them. */
function testsOf(
  { folds, classes, margin, bootstrap, alpha, mixtureCosts }: StudyInput,
  experts: readonly ExpertResult[],
  mixtures: readonly MixtureResult[],
): Pick<Summary, 'tests' | 'notRun'> {
  const answers = new Map<string, (readonly ClipAnswer[])[]>();
  for (const side of ['experts', 'mixtures'] as const) {
    folds[0]![side].forEach(({ name }, i) => {
      const trainings = trainingsOf(folds, (fold) => fold[side][i]!);
      answers.set(name, trainings.map((one) => one.answers)); // prettier-ignore
    });
  }
  const named = (name: string) => ({ name, values: answers.get(name)! });
  const compare = (a: string, b: string): Comparison[] =>
    answers.has(a) && answers.has(b) ? [compareAnswers(named(a), named(b), classes, margin, bootstrap)] : [];

  const [curious, plain, random] = [`Curiosity, α = ${alpha}`, 'Plain router', 'Random, equal mean bits'];
  const has = (name: string) => experts.some((one) => one.name === name);
  const questions: [string, Comparison[]][] = [
    [
      '4-bit against higher precision',
      ['16-bit', '8-bit', 'Float'].filter(has).flatMap((b) => compare('4-bit', b)),
    ],
    [
      'Experts against a linear probe',
      experts
        .filter(({ family }) => family === 'bitlinear' || family === 'ternary')
        .flatMap(({ name }) => compare(name, 'Linear probe')),
    ],
    ['8-bit against float', ['8-bit', '8-bit PTQ, MSE'].filter(has).flatMap((a) => compare(a, 'Float'))],
    ['Curiosity against plain and random routing', [...compare(curious, plain), ...compare(curious, random)]],
    [
      'Mixture against one expert',
      mixtures.filter(({ kind }) => kind === 'always').flatMap(({ name }) => compare(curious, name)),
    ],
    [
      'Curiosity against top probability',
      mixtures.filter(({ kind }) => kind === 'curiosity').flatMap(({ name }) => ofDoubt(name)),
    ],
  ];
  const [mine, theirs] = [mixtureCosts.get(curious), mixtureCosts.get(plain)];
  if (mine && theirs) {
    const sameWindows = mine.latencyUs.length === theirs.latencyUs.length;
    const tests = compareLatencies(
      { name: curious, values: mine.latencyUs },
      { name: plain, values: theirs.latencyUs },
      sameWindows,
    );
    questions.push(['Latency of curiosity against plain routing', [{ tests, notRun: [] }]]);
  }
  return {
    tests: questions.flatMap(([question, compared]) =>
      corrected(
        question,
        compared.flatMap(({ tests }) => tests),
        bootstrap.level,
      ),
    ),
    notRun: questions.flatMap(([question, compared]) =>
      compared.flatMap(({ notRun }) => notRun.map((one) => ({ ...one, question }))),
    ),
  };

  function ofDoubt(name: string): Comparison[] {
    const mixed = answers.get(name)!;
    const curiosity = mixed.map((mine) => mine.flatMap((answer) => answer.curiosity ?? []));
    if (curiosity.some((values, i) => values.length < mixed[i]!.length)) return [];
    const a = { name: uncertaintyName('curiosity', name), values: curiosity };
    const b = { name: uncertaintyName('max-softmax', name), values: mixed.map((mine) => mine.map(doubtOf)) };
    return [compareUncertainties({ answers: mixed, a, b }, bootstrap)];
  }
}
