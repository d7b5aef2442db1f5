/** What a study's cascades add to its models: every stage alone and, of each decision, the setting that was chosen. */
import { chanceAsOften } from '../../../models/report/cascade-words.ts';
import type { ChosenCascade, Cost } from '../../../models/report/results.ts';
import type { FoldOutcome } from '../../../models/study/assess.ts';
import {
  placesOf,
  settingOf,
  sharesOf,
  type AnsweredFold,
  type CascadePrices,
} from '../../../models/study/cascade.ts';
import { dealtAnew } from '../../../models/study/windows.ts';
import {
  cascadeBy,
  stagesAlone,
  withWholes,
  type Whole,
  type WholeStage,
} from '../../../models/study/wholes.ts';
import { chosenDecisions } from './cascade-in-bank.ts';
import { costOfSums, type Decided } from './decided.ts';

/** @param chosen none where no board told prices: stages answer without */
export function wholesOf(
  names: readonly string[],
  chosen: readonly ChosenCascade[],
  prices: CascadePrices | null,
): Whole[] {
  const decided = chosenDecisions(chosen, names.length).map(({ words, decision, shares }) =>
    cascadeBy(words, decision, (fold, side) => placesOf(fold, decision, shares, side), prices),
  );
  const dealt = chosen.flatMap(({ decision, setting }) => {
    const shares = sharesOf(names.length).find((one) => settingOf(one) === setting);
    if (decision !== chanceAsOften || !shares) return [];
    const chance: Whole['places'] = (fold, side) =>
      Uint8Array.from(dealtAnew(placesOf(fold, 'top-probability', shares, side), fold));
    return [cascadeBy(chanceName, 'top-probability', chance, prices)];
  });
  return [...stagesAlone(names, prices), ...decided, ...dealt];
}

/** Beside a bank's own random routing, so by a name that says whose windows it deals. */
export const chanceName = 'Cascade by chance';

/** @param ran the outcome whose models ran on the board: what its windows take is the models' cost */
export function decidedWithWholes(
  told: Decided,
  ran: Pick<FoldOutcome, 'fold' | 'seed'>,
  folds: readonly AnsweredFold[],
  { wholes, stages }: { readonly wholes: readonly Whole[]; readonly stages: readonly WholeStage[] },
): Decided {
  if (wholes.length === 0) return told;
  const shown = folds.find(({ fold, seed }) => fold === ran.fold && seed === ran.seed)!;
  const costs = wholes.flatMap((whole): [string, Cost][] => {
    const prices = whole.prices(whole.places(shown, 'test'));
    return prices ? [[whole.name, costOfSums(prices)]] : [];
  });
  return {
    ...told,
    outcomes: withWholes(told.outcomes, folds, wholes, stages),
    mixtureCosts: new Map([...told.mixtureCosts, ...costs]),
  };
}
