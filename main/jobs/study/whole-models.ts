/** What a study's cascades add to its models: every stage alone and, of each decision, the setting that was chosen. */
import { chanceAsOften } from '../../../models/report/cascade-words.ts';
import type { ChosenCascade, Cost } from '../../../models/report/results.ts';
import {
  placesOf,
  settingOf,
  sharesOf,
  type AnsweredFold,
  type CascadePrices,
} from '../../../models/study/cascade.ts';
import { chanceName } from '../../../models/study/questions.ts';
import { mean } from '../../../models/evaluation/moments.ts';
import { dealtAnew, millijouleBy } from '../../../models/study/windows.ts';
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

/** @param folds of every seed, as the outcomes are */
export function decidedWithWholes(
  told: Decided,
  folds: readonly AnsweredFold[],
  { wholes, stages }: { readonly wholes: readonly Whole[]; readonly stages: readonly WholeStage[] },
): Decided {
  if (wholes.length === 0) return told;
  const costs = wholes.flatMap((whole): [string, Cost][] => {
    const cost = costOf(whole, folds);
    return cost ? [[whole.name, cost]] : [];
  });
  return {
    ...told,
    outcomes: withWholes(told.outcomes, folds, wholes, stages),
    mixtureCosts: new Map([...told.mixtureCosts, ...costs]),
  };
}

/**
 * How far windows go differs from fold to fold and from seed to seed: energy is the mean over the trainings of the mean over
 * clips, as the curves of F1 against energy have it; latencies are of all windows that the first seed answered.
 */
function costOf(whole: Whole, folds: readonly AnsweredFold[]): Cost | null {
  const [first] = folds;
  const each = folds.map((fold) => ({ fold, prices: whole.prices(whole.places(fold, 'test')) }));
  if (each.some(({ prices }) => prices === null)) return null;
  const seeds = [...new Set(folds.map(({ seed }) => seed))];
  const millijoule = mean(
    seeds.map((seed) => {
      const mine = each.filter(({ fold }) => fold.seed === seed);
      return mean(mine.flatMap(({ fold, prices }) => millijouleBy(fold.test, prices!)));
    }),
  );
  const shown = each.filter(({ fold }) => fold.seed === first!.seed).flatMap(({ prices }) => prices!);
  return { ...costOfSums(shown), millijoule: { value: millijoule, source: 'modelled' } };
}
