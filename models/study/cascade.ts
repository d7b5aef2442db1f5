/** Cascades of a fold: four ways to decide how far a window goes, each at many shares, priced by the stages that ran. */
import { firstDecides, placeOf, thresholdsFor } from '../router/cascade.ts';
import type { Degradation } from '../augmentation/degrade.ts';
import { chanceAsOften, decisionWords, oneStage } from '../report/cascade-words.ts';
import type { FigureSource } from '../report/results.ts';
import { decide } from '../router/decide.ts';
import { decisionNames, type Decision, type UnboundRouter } from '../router/router.ts';
import type { Patches } from './answers.ts';
import { sumOf, type Price } from './prices.ts';
import { ofFolds, type Priced, type PricedTraining } from './trade-off.ts';
import { allBy, answersBy, dealtAnew, pricedBy, type HeardWindows } from './windows.ts';

/** What the stages say of windows, and what each decision could go by. */
export interface StagedWindows extends HeardWindows {
  /** [windows] each; a decision that was not trained is not there */
  readonly scores: ReadonlyMap<Decision, Float32Array>;
}

/** One fold of one training. */
export interface StagedFold {
  readonly fold: number;
  readonly seed: number;
  /** Windows that nothing was fitted to: thresholds are theirs. */
  readonly held: StagedWindows;
  readonly test: StagedWindows;
  /** The test's made harder, one way after the other; there may be none. */
  readonly hard: readonly HardWindows[];
}

/** A cascade that was there already, and is tested as it is, has no held windows. */
export type AnsweredFold = Omit<StagedFold, 'held'> & { readonly held: StagedWindows | null };

export interface HardWindows {
  readonly degradation: Degradation;
  readonly windows: StagedWindows;
}

/** Whose windows: of `held` a setting can be chosen without the test's; a number is a way to make the test's harder. */
export type Side = 'held' | 'test' | number;

/** @throws RangeError where the fold has no such windows */
export function sideOf(fold: AnsweredFold, side: Side): StagedWindows {
  const windows = typeof side === 'number' ? fold.hard[side]?.windows : fold[side];
  if (!windows) throw new RangeError(`The fold has no windows of ${side}`);
  return windows;
}

/** Of a window. */
export interface CascadePrices {
  /** Front end and first encoder, which every window takes. */
  readonly shared: Price;
  /** Each stage's expert beyond that, the encoder that it brings included. */
  readonly stages: readonly Price[];
  /** Each stage in a bank of its own, front end included. */
  readonly alone: readonly Price[];
  /** The router's passes, or the gate; nothing where the first expert decides. */
  readonly deciding: ReadonlyMap<Decision, Price>;
  /** Of the energies. */
  readonly source: FigureSource;
}

/** The score of every window. @param firstLogits [windows · classes] of the first stage */
export function scoresOf(
  router: UnboundRouter,
  { embeddings, size }: Pick<Patches, 'embeddings' | 'size'>,
  firstLogits: Float32Array,
): Float32Array {
  const windows = embeddings.length / size;
  const classes = firstLogits.length / windows;
  return Float32Array.from({ length: windows }, (_, i) => {
    const heard = {
      embedding: embeddings.subarray(i * size, (i + 1) * size),
      firstLogits: firstLogits.subarray(i * classes, (i + 1) * classes),
    };
    return decide(router, heard, i + 1).score;
  });
}

/**
 * Shares to sweep: at least one stage further, at least two, … Steps of a tenth; of three stages every pair that falls.
 * @param stages two or three
 */
export function sharesOf(stages: number): number[][] {
  const tenths = Array.from({ length: 11 }, (_, i) => i / 10);
  if (stages === 2) return tenths.map((share) => [share]);
  return tenths.flatMap((one) => tenths.filter((two) => two <= one).map((two) => [one, two]));
}

export const settingOf = (shares: readonly number[]): string =>
  shares.map((share, i) => `${Math.round(100 * share)} % past stage ${i + 1}`).join(', ');

/** Where each window of a side ends, with the thresholds that send those shares of the held windows on. */
export function placesOf(
  fold: AnsweredFold,
  decision: Decision,
  shares: readonly number[],
  side: Side,
): Uint8Array {
  const thresholds = thresholdsFor(sideOf(fold, 'held').scores.get(decision)!, shares);
  const scores = sideOf(fold, side).scores.get(decision)!;
  return Uint8Array.from(scores, (score) => placeOf({ decision, thresholds }, score));
}

/** What each window takes: the stages that ran for it, and what decided. */
export function pricesAt(
  { shared, stages, deciding }: CascadePrices,
  decision: Decision,
  places: ArrayLike<number>,
): Price[] {
  const before = sumOf(shared, deciding.get(decision) ?? { us: 0, millijoule: 0 });
  const each = stages.map((stage, place) =>
    firstDecides(decision) && place > 0 ? sumOf(before, stages[0]!, stage) : sumOf(before, stage),
  );
  return Array.from(places, (place) => each[place]!);
}

/** A stage alone answers every window. */
export const aloneAt = (
  windows: StagedWindows,
  stage: number,
  { alone }: Pick<CascadePrices, 'alone'>,
): PricedTraining => ({
  answers: answersBy(windows, allBy(windows, stage)),
  millijoule: windows.clips.map(() => alone[stage]!.millijoule),
});

/**
 * Every stage alone, every decision at every share, and chance: the windows of the cascade by top probability dealt anew.
 * @param trainings [training][fold]
 */
export function cascadesOf(
  trainings: readonly (readonly StagedFold[])[],
  names: readonly string[],
  prices: CascadePrices,
  side: Side,
): Priced[] {
  const priced = (decision: string, setting: string, of: (fold: StagedFold) => PricedTraining): Priced => ({
    ...{ decision, setting },
    trainings: trainings.map((folds) => ofFolds(folds.map(of))),
  });
  const at = (windows: StagedWindows, decision: Decision, places: ArrayLike<number>): PricedTraining =>
    pricedBy(windows, places, pricesAt(prices, decision, places));
  const known = decisionNames.filter((decision) => trainings[0]![0]!.test.scores.has(decision));
  const sweep = sharesOf(names.length);
  return [
    ...names.map((name, stage) =>
      priced(oneStage, name, (fold) => aloneAt(sideOf(fold, side), stage, prices)),
    ),
    ...known.flatMap((decision) =>
      sweep.map((shares) =>
        priced(decisionWords[decision], settingOf(shares), (fold) =>
          at(sideOf(fold, side), decision, placesOf(fold, decision, shares, side)),
        ),
      ),
    ),
    ...sweep.map((shares) =>
      priced(chanceAsOften, settingOf(shares), (fold) => {
        const places = placesOf(fold, 'top-probability', shares, side);
        return at(sideOf(fold, side), 'top-probability', dealtAnew(places, fold));
      }),
    ),
  ];
}
