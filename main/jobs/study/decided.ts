/** What costs on a board decide: thresholds that take as much energy as curiosity, and what every decision costs. */
import { mean } from '../../../models/evaluation/moments.ts';
import type { Cost } from '../../../models/report/results.ts';
import type { FoldOutcome } from '../../../models/study/assess.ts';
import { pricesOf, type StagePrices } from '../../../models/study/prices.ts';
import { thresholdName } from '../../../models/study/questions.ts';
import { pairOf, pricesBelow, withThreshold } from '../../../models/study/threshold.ts';
import type { OnBoard } from './on-a-board.ts';

export interface Decided {
  readonly outcomes: readonly FoldOutcome[];
  /** By the mixture's name. */
  readonly mixtureCosts: ReadonlyMap<string, Cost>;
  readonly prices: StagePrices | null;
}

export interface Deciding {
  /** Kinds, in the router's order. */
  readonly bank: readonly string[];
  /** Of the curiosity that others are held against. */
  readonly alpha: number;
  readonly topK: number;
  readonly onBoard: OnBoard | null;
}

/** @param ran the outcome of the models that ran on the board */
export function decided(
  outcomes: readonly FoldOutcome[],
  ran: FoldOutcome,
  { bank, alpha, topK, onBoard }: Deciding,
): Decided {
  const costs = onBoard?.costs.mixtures ?? new Map<string, Cost>();
  const prices = pricesOf(
    bank.map((kind) => onBoard?.costs.experts.get(kind)?.cost),
    costs,
  );
  // Of several experts that answer together no window has the price of one.
  if (prices === null || topK > 1 || bank.length < 2) return { outcomes, mixtureCosts: costs, prices: null };
  const asking = { bank, prices, alpha };
  const chosen = withThreshold(ran, asking).mixtures.find(({ name }) => name === thresholdName);
  const each = pricesBelow(prices, pairOf(bank), chosen?.patches.experts ?? []);
  return {
    outcomes: outcomes.map((outcome) => withThreshold(outcome, asking)),
    mixtureCosts: chosen ? new Map([...costs, [thresholdName, costOfSums(each)]]) : costs,
    prices,
  };
}

/** The sums of stages, of every window that was answered. */
export const costOfSums = (each: readonly { readonly us: number; readonly millijoule: number }[]): Cost => ({
  latencyUs: each.map(({ us }) => us),
  latencySource: 'modelled',
  stagesUs: null,
  millijoule: { value: mean(each.map(({ millijoule }) => millijoule)), source: 'modelled' },
});
