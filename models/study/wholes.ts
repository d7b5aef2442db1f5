/**
 * Whole experts and cascades among the models of a study: every stage alone, and each decision in one setting, so that every
 * table that tells of models tells of them too.
 */
import type { ClipAnswer } from '../evaluation/answers.ts';
import { fitTemperature, logProbabilities } from '../evaluation/calibration.ts';
import type { Decision } from '../router/router.ts';
import { firstDecides } from '../router/cascade.ts';
import type { AnsweringStage, FoldOutcome, MixtureAnswers } from './assess.ts';
import { pricesAt, sideOf, type AnsweredFold, type CascadePrices, type Side } from './cascade.ts';
import { packed } from './hard.ts';
import type { Price } from './prices.ts';
import { allBy, answersBy } from './windows.ts';

export interface WholeStage extends Pick<AnsweringStage, 'name' | 'bits'> {
  /** Whether it has one; else it hears the log-mel's statistics. */
  readonly encoder: boolean;
}

/** How windows are answered. */
export interface Whole {
  /** Unique among models. */
  readonly name: string;
  readonly kind: 'whole' | 'cascade';
  /** What decides how far a window goes; null where one stage answers all. */
  readonly by: Decision | null;
  /** The stage that answers each window. */
  places(fold: AnsweredFold, side: Side): Uint8Array;
  /** What each window takes; null where no board told it. */
  prices(places: Uint8Array): Price[] | null;
}

/** @param names of the stages @param prices null where no board told them */
export const stagesAlone = (names: readonly string[], prices: CascadePrices | null): Whole[] =>
  names.map((name, stage) => ({
    name: `Always ${name}`,
    kind: 'whole',
    by: null,
    places: (fold, side) => allBy(sideOf(fold, side), stage),
    prices: (places) => prices && Array.from(places, () => prices.alone[stage]!),
  }));

/** @param by what decides; of chance top probability, whose windows it deals anew: the first stage is asked of all */
export const cascadeBy = (
  name: string,
  by: Decision,
  places: Whole['places'],
  prices: CascadePrices | null,
): Whole => ({
  ...{ name, kind: 'cascade', by, places },
  prices: (found) => prices && pricesAt(prices, by, found),
});

/**
 * The outcomes with these models behind their mixtures.
 * @param folds of the same clips in the same order as the outcomes
 * @param stages in their order
 * @throws RangeError where an outcome has other clips
 */
export function withWholes(
  outcomes: readonly FoldOutcome[],
  folds: readonly AnsweredFold[],
  wholes: readonly Whole[],
  stages: readonly WholeStage[],
): FoldOutcome[] {
  return outcomes.map((outcome) => {
    const fold = folds.find((one) => one.fold === outcome.fold && one.seed === outcome.seed);
    const clips = outcome.experts[0]!.answers.map(({ clip }) => clip).join('\n');
    if (fold?.test.clips.map(({ name }) => name).join('\n') !== clips)
      throw new RangeError(`The stages of a cascade answered other clips than fold ${outcome.fold}'s`);
    return {
      ...outcome,
      mixtures: [...outcome.mixtures, ...wholes.map((whole) => answersOf(whole, fold, stages))],
      hard: outcome.hard.map((one, way) => ({
        ...one,
        models: [
          ...one.models,
          ...wholes.map((whole) => packed({ name: whole.name, answers: answered(whole, fold, way).answers })),
        ],
      })),
    };
  });
}

function answersOf(whole: Whole, fold: AnsweredFold, stages: readonly WholeStage[]): MixtureAnswers {
  const { name, kind } = whole;
  const { places, answers } = answered(whole, fold, 'test');
  const held = fold.held && answered(whole, fold, 'held').answers;
  const { experts, classes } = fold.test;
  const probabilities = new Float32Array(places.length * classes);
  places.forEach((place, window) =>
    probabilities.set(experts[place]!.subarray(window * classes, (window + 1) * classes), window * classes),
  );
  return {
    ...{ name, answers, passes: 0 },
    variant: { kind, stages: stages.map((_, place) => answeringOf(whole, stages, place)) },
    patches: { probabilities, curiosities: null, experts: places },
    temperature:
      held &&
      fitTemperature(
        held.map((one) => logProbabilities(one.probabilities)),
        held.map(({ truth }) => truth),
      ),
    chosen: stages.map((_, stage) => places.filter((place) => place === stage).length),
  };
}

/** Where the first expert decides, it has answered whatever goes further; else a router has, behind the first encoder. */
function answeringOf({ by }: Whole, stages: readonly WholeStage[], place: number): AnsweringStage {
  const { name, bits, encoder } = stages[place]!;
  const [first] = stages;
  const mine = [...(encoder ? ['encoder'] : []), 'expert'];
  const before = [...(first!.encoder ? ['encoder'] : []), by && !firstDecides(by) ? 'router' : 'expert'];
  const ran =
    by === null ? mine : place > 0 ? [...before, ...mine] : firstDecides(by) ? mine : [...before, 'expert'];
  return { name, bits, ran: ['features', ...ran].join('+') };
}

function answered(
  whole: Whole,
  fold: AnsweredFold,
  side: Side,
): { places: Uint8Array; answers: ClipAnswer[] } {
  const places = whole.places(fold, side);
  return { places, answers: answersBy(sideOf(fold, side), places) };
}
