/** What a bank's experts say of every window, as recorded or made harder: what decisions among them are made of. */
import { mean } from '../evaluation/moments.ts';
import type { ClipAnswer } from '../evaluation/answers.ts';
import { randomAtEqualBits } from '../router/controls.ts';
import type { HeardClip } from './answers.ts';
import type { FoldOutcome } from './assess.ts';
import type { HardOutcome } from './hard.ts';
import type { Price } from './prices.ts';
import type { PricedTraining } from './trade-off.ts';

export interface HeardWindows {
  readonly clips: readonly HeardClip[];
  readonly classes: number;
  /** [expert of the bank][windows · classes] probabilities */
  readonly experts: readonly Float32Array[];
}

/** @param bank kinds, in the router's order */
export function plainWindows({ experts, patches }: FoldOutcome, bank: readonly string[]): HeardWindows {
  const inBank = bank.map((kind) => experts.find((one) => one.kind === kind)!);
  const { answers } = inBank[0]!;
  return {
    clips: answers.map(({ clip, source, fold, truth }, i) => ({
      ...{ name: clip, source, fold, label: truth, patches: patches[i]! },
    })),
    classes: answers[0]!.probabilities.length,
    experts: inBank.map((one) => one.patches.probabilities),
  };
}

export const hardWindows = ({ clips, windows, models }: HardOutcome): HeardWindows => ({
  clips,
  classes: models[0]!.probabilities.length / clips.length,
  experts: windows,
});

/** Answers to clips: the mean over a clip's windows of the probabilities of the expert that answers each. */
export function answersBy(
  { clips, classes, experts }: HeardWindows,
  chosen: ArrayLike<number>,
): ClipAnswer[] {
  let at = 0;
  return clips.map(({ name, source, fold, label, patches }) => {
    const probabilities = new Float64Array(classes);
    for (const end = at + patches; at < end; at++) {
      const said = experts[chosen[at]!]!;
      for (let c = 0; c < classes; c++) probabilities[c]! += said[at * classes + c]! / patches;
    }
    return { clip: name, source, fold, truth: label, probabilities, curiosity: null };
  });
}

/** One expert answers them all. */
export const allBy = ({ clips }: HeardWindows, expert: number): Uint8Array =>
  new Uint8Array(clips.reduce((sum, { patches }) => sum + patches, 0)).fill(expert);

/** The same choices dealt anew, so that each expert answers as many windows, whichever they are. */
export const dealtAnew = (
  chosen: ArrayLike<number>,
  { seed, fold }: { readonly seed: number; readonly fold: number },
): number[] => randomAtEqualBits(Array.from(chosen), (seed + 1009 * fold) >>> 0);

/** @param each what every window takes */
export const pricedBy = (
  windows: HeardWindows,
  chosen: ArrayLike<number>,
  each: readonly Price[],
): PricedTraining => ({ answers: answersBy(windows, chosen), millijoule: millijouleBy(windows, each) });

export const millijouleBy = (windows: Pick<HeardWindows, 'clips'>, each: readonly Price[]): number[] =>
  byClip(
    windows,
    each.map(({ millijoule }) => millijoule),
  );

/** The mean over each clip's windows. */
export function byClip({ clips }: Pick<HeardWindows, 'clips'>, values: ArrayLike<number>): number[] {
  let at = 0;
  return clips.map(({ patches }) => {
    at += patches;
    return mean(Array.from({ length: patches }, (_, i) => values[at - patches + i]!));
  });
}

/** @returns the largest probability of every window */
export function topProbabilities(said: Float32Array, classes: number): Float32Array {
  return Float32Array.from({ length: said.length / classes }, (_, window) =>
    Math.max(...said.subarray(window * classes, (window + 1) * classes)),
  );
}
