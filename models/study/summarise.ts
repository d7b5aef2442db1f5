/** All folds and seeds of a study together: scores, tests and what else the report is made of. */
import { percentileInterval, type BootstrapOptions, type Estimate } from '../evaluation/bootstrap.ts';
import { classCounts, classificationScores } from '../evaluation/classification.ts';
import { mean } from '../evaluation/moments.ts';
import { meanBits } from '../evaluation/routing.ts';
import { compareLatencies } from '../evaluation/latency-comparison.ts';
import { modelScores, type ModelScores } from '../evaluation/scores.ts';
import type { NotRunOf } from '../evaluation/test-result.ts';
import type {
  Cost,
  DealSpread,
  ExpertResult,
  FlipStudy,
  LossCurve,
  MixtureResult,
  Results,
  Robustness,
  TestResult,
} from '../report/results.ts';
import { randomDeals, type FoldOutcome, type MixtureVariant, type ModelAnswers } from './assess.ts';
import { answersOf, bySeed, trainingsOf } from './by-seed.ts';
import { kindOf } from './kinds.ts';
import { meanBitsOf } from './mean-bits.ts';
import { curiosityName, plainName, questionsOf, testsOf, type Question } from './questions.ts';
import { decisionsOf } from './decisions.ts';
import type { StagePrices } from './prices.ts';
import { hardSummary } from './robustness.ts';
import { pairOf } from './threshold.ts';
import { tradeOffOf } from './trade-off.ts';

/** What is known of an expert besides its answers. */
export interface ExpertFacts {
  readonly kind: string;
  readonly detail: string;
  readonly parameters: number;
  readonly zeroWeights: number | null;
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
  /** null where no board told what single stages take */
  readonly prices: StagePrices | null;
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
  /** null where no harder sounds were answered */
  readonly robustness: Robustness | null;
  /** null without prices, and without mixtures */
  readonly tradeOff: NonNullable<Results['tradeOff']> | null;
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
    const chosen = first.mixtures[i]!.chosen.map((_, expert) =>
      folds.reduce((sum, fold) => sum + fold.mixtures[i]!.chosen[expert]!, 0),
    );
    const all = chosen.reduce((sum, one) => sum + one, 0);
    const usage = chosen.map((one) => one / all);
    const stages = 'stages' in variant ? variant.stages : null;
    return {
      name,
      kind: variant.kind,
      alpha: variant.kind === 'curiosity' ? variant.alpha : null,
      passes,
      usage: stages ? [] : usage,
      meanBits: stages
        ? meanBits(
            usage,
            stages.map(({ bits }) => bits),
          )
        : meanBitsOf(chosen, input.bank),
      scores: scored((fold) => fold.mixtures[i]!),
      ...(first.mixtures[i]!.deals && { deals: dealsOf(folds, i, input) }),
      cost: input.mixtureCosts.get(name) ?? null,
      trainingSeconds: secondsOf(variant, input),
      losses: variant.kind === 'plain' || variant.kind === 'curiosity' ? input.routerLosses : [],
    };
  });
  const asking = { ...input, experts, mixtures };
  const plain = testsOf(
    [...questionsOf({ ...asking, answers: answersOf(folds) }), ...latencyQuestions(input)],
    bootstrap.level,
  );
  const hard = hardSummary(folds, asking);
  experts.sort((a, b) => a.bits - b.bits);
  return {
    experts,
    mixtures,
    flips: flipsOf(input),
    robustness: hard?.robustness ?? null,
    tradeOff: tradeOffsOf(input),
    tests: [...plain.tests, ...(hard?.tests ?? [])],
    notRun: [...plain.notRun, ...(hard?.notRun ?? [])],
  };
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

/** What a mixture asks is what it is charged with: an expert, two, or all of the bank with their router. */
function secondsOf(
  variant: MixtureVariant,
  { experts, bank, mixtureTrainingSeconds }: StudyInput,
): MixtureResult['trainingSeconds'] {
  const ofKind = (kind: string | undefined) =>
    experts.find((one) => one.kind === kind)?.trainingSeconds ?? null;
  if (variant.kind === 'always') return ofKind(variant.expert);
  // of stages nobody timed one by itself
  if ('stages' in variant) return null;
  if (variant.kind !== 'threshold') return mixtureTrainingSeconds;
  const { first, second } = pairOf(bank);
  const pair = [ofKind(bank[first]), ofKind(bank[second])];
  return pair.some((one) => one === null)
    ? null
    : { value: pair.reduce((sum, one) => sum + one!.value, 0), source: pair[0]!.source };
}

function tradeOffsOf({ folds, bank, prices, classes, bootstrap }: StudyInput): Summary['tradeOff'] {
  if (!prices || folds[0]!.mixtures.length === 0) return null;
  const of = (sounds: 'plain' | 'hard') =>
    tradeOffOf(decisionsOf(folds, bank, prices, sounds), prices.source, classes, bootstrap);
  return { plain: of('plain'), hard: folds[0]!.hard.length > 0 ? of('hard') : null };
}

/** Of the board's times, which no sound makes harder. */
function latencyQuestions({ alpha, mixtureCosts }: StudyInput): Question[] {
  const [curious, plain] = [curiosityName(alpha), plainName];
  const [mine, theirs] = [mixtureCosts.get(curious), mixtureCosts.get(plain)];
  if (!mine || !theirs) return [];
  const sameWindows = mine.latencyUs.length === theirs.latencyUs.length;
  const tests = compareLatencies(
    { name: curious, values: mine.latencyUs },
    { name: plain, values: theirs.latencyUs },
    sameWindows,
  );
  return [['Latency of curiosity against plain routing', [{ tests, notRun: [] }]]];
}
