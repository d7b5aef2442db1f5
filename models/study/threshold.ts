/**
 * The plainest decision that can save anything: the least precise expert of a bank answers, and where its top probability lies
 * below a threshold the most precise is asked as well, whose answer counts.
 */
import { mean } from '../evaluation/moments.ts';
import { kindOf } from './kinds.ts';
import { curiosityName, thresholdName } from './questions.ts';
import type { FoldOutcome, MixtureAnswers } from './assess.ts';
import { packed, type HardOutcome } from './hard.ts';
import { sumOf, type Price, type StagePrices } from './prices.ts';
import { answersBy, hardWindows, plainWindows, topProbabilities, type HeardWindows } from './windows.ts';

/** Places in the bank. */
export interface Pair {
  readonly first: number;
  readonly second: number;
}

/**
 * The least precise and the most precise: the order in which the router's prior has them. Neither what they cost on a board
 * nor how well they answer picks them, so that no result does.
 */
export function pairOf(bank: readonly string[]): Pair {
  const order = [...bank.keys()].sort((a, b) => kindOf(bank[a]!).bits - kindOf(bank[b]!).bits);
  return { first: order[0]!, second: order.at(-1)! };
}

/** The threshold below which a share of the values lies, as near as whole windows come to it; 0 for none. */
export function thresholdOf(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const below = Math.round(Math.min(1, Math.max(0, share)) * sorted.length);
  return below === 0 ? 0 : (sorted[below] ?? Infinity);
}

/** Which expert answers each window. */
export function chosenBelow(
  { experts, classes }: HeardWindows,
  { first, second }: Pair,
  threshold: number,
): Uint8Array {
  return Uint8Array.from(topProbabilities(experts[first]!, classes), (top) =>
    top < threshold ? second : first,
  );
}

/** What each window takes: where the second is asked, the first was before. */
export function pricesBelow(
  prices: StagePrices,
  { first, second }: Pair,
  chosen: ArrayLike<number>,
): Price[] {
  const once = sumOf(prices.shared, prices.experts[first]!);
  const twice = sumOf(once, prices.experts[second]!);
  return Array.from(chosen, (expert) => (expert === second && second !== first ? twice : once));
}

export interface ThresholdAsking {
  /** Kinds, in the router's order. */
  readonly bank: readonly string[];
  readonly prices: StagePrices;
  /** Of the curiosity whose energy it may take. */
  readonly alpha: number;
}

/**
 * The same outcome with one mixture more: thresholds such that a fold's windows take, together, what they take with
 * curiosity, or as near as the pair allows. Harder sounds meet the same threshold, and take what they take.
 */
export function withThreshold(outcome: FoldOutcome, { bank, prices, alpha }: ThresholdAsking): FoldOutcome {
  const curious = outcome.mixtures.find(({ name }) => name === curiosityName(alpha));
  if (!curious) return outcome;
  const pair = pairOf(bank);
  const windows = plainWindows(outcome, bank);
  const energy = mean(Array.from(routedPrices(prices, curious), ({ millijoule }) => millijoule));
  const [first, second] = [pair.first, pair.second].map((place) => prices.experts[place]!.millijoule);
  const share = (energy - prices.shared.millijoule - first!) / second!;
  const threshold = thresholdOf(topProbabilities(windows.experts[pair.first]!, windows.classes), share);
  const answered = (heard: HeardWindows) => {
    const chosen = chosenBelow(heard, pair, threshold);
    const counts = bank.map((_, place) => chosen.filter((one) => one === place).length);
    return { name: thresholdName, answers: answersBy(heard, chosen), chosen: counts, experts: chosen };
  };
  const { experts, ...mine } = answered(windows);
  const mixture: MixtureAnswers = {
    ...mine,
    patches: { probabilities: ofChosen(windows, experts), curiosities: null, experts },
    ...{ variant: { kind: 'threshold', threshold, first: pair.first }, passes: 0, temperature: null },
  };
  return {
    ...outcome,
    mixtures: [...outcome.mixtures, mixture],
    hard: outcome.hard.map((one): HardOutcome => ({
      ...one,
      models: [...one.models, packed(answered(hardWindows(one)))],
    })),
  };
}

/** What each window takes with a router that asks one expert a window. */
export function routedPrices(
  prices: StagePrices,
  { name, patches }: { readonly name: string; readonly patches: Pick<MixtureAnswers['patches'], 'experts'> },
): Price[] {
  const router = prices.routers.get(name);
  const before = router ? sumOf(prices.shared, router) : prices.shared;
  return Array.from(patches.experts ?? [], (expert) => sumOf(before, prices.experts[expert]!));
}

function ofChosen({ experts, classes }: HeardWindows, chosen: Uint8Array): Float32Array {
  const said = new Float32Array(chosen.length * classes);
  chosen.forEach((expert, window) => {
    const [from, to] = [window * classes, (window + 1) * classes];
    said.set(experts[expert]!.subarray(from, to), from);
  });
  return said;
}
