/** The ways to decide among a bank's experts, priced: single experts, thresholds, chance, routers. */
import type { FoldOutcome } from './assess.ts';
import { bySeed } from './by-seed.ts';
import { unpacked } from './hard.ts';
import { kindOf } from './kinds.ts';
import type { StagePrices } from './prices.ts';
import { chosenBelow, pairOf, pricesBelow, routedPrices, thresholdOf } from './threshold.ts';
import { ofFolds, type Priced, type PricedTraining } from './trade-off.ts';
import {
  allBy,
  answersBy,
  dealtAnew,
  hardWindows,
  millijouleBy,
  plainWindows,
  pricedBy,
  topProbabilities,
  type HeardWindows,
} from './windows.ts';

/** Of a fold's windows as recorded that the second expert is asked about as well. */
const shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** One fold as it was heard in one way. */
interface Hearing {
  readonly windows: HeardWindows;
  readonly outcome: FoldOutcome;
  /** The way to make clips harder; null: as recorded. */
  readonly way: number | null;
}

/**
 * @param bank kinds, in the router's order
 * @param sounds harder ones: all ways, each as a training of its own
 */
export function decisionsOf(
  folds: readonly FoldOutcome[],
  bank: readonly string[],
  prices: StagePrices,
  sounds: 'plain' | 'hard',
): Priced[] {
  const hearings = hearingsOf(folds, bank, sounds);
  const pair = pairOf(bank);
  const decided = (decision: string, setting: string, of: (hearing: Hearing) => PricedTraining): Priced => ({
    ...{ decision, setting },
    trainings: hearings.map((training) => ofFolds(training.map(of))),
  });
  /** Of the first expert, with the threshold of clips as recorded. */
  const below = ({ outcome, windows }: Hearing, share: number) => {
    const plain = plainWindows(outcome, bank);
    const threshold = thresholdOf(topProbabilities(plain.experts[pair.first]!, plain.classes), share);
    return chosenBelow(windows, pair, threshold);
  };
  const twoOf = (windows: HeardWindows, chosen: ArrayLike<number>): PricedTraining =>
    pricedBy(windows, chosen, pricesBelow(prices, pair, chosen));
  const percent = (share: number) => `${Math.round(100 * share)} % asked twice`;
  const routers = folds[0]!.mixtures.flatMap(({ variant, name }, place) => {
    if (!prices.routers.has(name)) return [];
    if (variant.kind === 'plain') return [{ place, name, decision: 'Plain router', alpha: 0 }];
    return variant.kind === 'curiosity' ? [{ place, name, decision: 'Curiosity', alpha: variant.alpha }] : [];
  });
  return [
    ...bank.map((kind, expert) =>
      decided('One expert', kindOf(kind).name, ({ windows }) => ({
        answers: answersBy(windows, allBy(windows, expert)),
        millijoule: windows.clips.map(() => prices.shared.millijoule + prices.experts[expert]!.millijoule),
      })),
    ),
    ...shares.map((share) =>
      decided('Threshold on top probability', percent(share), (hearing) =>
        twoOf(hearing.windows, below(hearing, share)),
      ),
    ),
    ...shares.map((share) =>
      decided('Chance, as often', percent(share), (hearing) =>
        twoOf(hearing.windows, dealtAnew(below(hearing, share), hearing.outcome)),
      ),
    ),
    ...routers.map(({ place, name, decision, alpha }) =>
      decided(decision, `α = ${alpha}`, ({ outcome, windows, way }) => {
        const { answers, experts } = routedIn(outcome, place, way);
        const each = routedPrices(prices, { name, patches: { experts } });
        return { answers, millijoule: millijouleBy(windows, each) };
      }),
    ),
  ];
}

/** @returns [training][fold] */
function hearingsOf(
  folds: readonly FoldOutcome[],
  bank: readonly string[],
  sounds: 'plain' | 'hard',
): Hearing[][] {
  const seeds = bySeed(folds);
  if (sounds === 'plain')
    return seeds.map((mine) =>
      mine.map((outcome) => ({ outcome, windows: plainWindows(outcome, bank), way: null })),
    );
  return folds[0]!.hard.flatMap((_, way) =>
    seeds.map((mine) => mine.map((outcome) => ({ outcome, windows: hardWindows(outcome.hard[way]!), way }))),
  );
}

function routedIn({ experts, mixtures, hard }: FoldOutcome, place: number, way: number | null) {
  if (way === null) return { answers: mixtures[place]!.answers, experts: mixtures[place]!.patches.experts };
  const model = experts.length + place;
  return { answers: unpacked(hard[way]!, model), experts: hard[way]!.models[model]!.experts };
}
