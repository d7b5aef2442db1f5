/** A cascade that is there already, ended by its own thresholds: against each of its stages alone, and chance. */
import type { BootstrapOptions } from '../evaluation/bootstrap.ts';
import { chanceAsOften, decisionWords, oneStage } from '../report/cascade-words.ts';
import type { CascadeSummary, ChosenCascade } from '../report/results.ts';
import { placeOf } from '../router/cascade.ts';
import type { Cascade } from '../router/router.ts';
import { against } from './cascade-choice.ts';
import { cascadeMargin } from './cascade-summary.ts';
import { aloneAt, pricesAt, type CascadePrices, type HardWindows, type StagedWindows } from './cascade.ts';
import { tradeOffOf, type Priced, type PricedTraining } from './trade-off.ts';
import { dealtAnew, pricedBy } from './windows.ts';

export interface TestedInput {
  readonly cascade: Cascade;
  /** Names, in the order of their cost. */
  readonly stages: readonly string[];
  /** With the scores of the cascade's own decision. */
  readonly test: StagedWindows;
  /** The test's made harder, one way after the other; there may be none. */
  readonly hard: readonly HardWindows[];
  readonly prices: CascadePrices;
  readonly bootstrap: BootstrapOptions;
}

/** Where each window ends. */
export const placesBy = (cascade: Cascade, { scores }: Pick<StagedWindows, 'scores'>): Uint8Array =>
  Uint8Array.from(scores.get(cascade.decision)!, (score) => placeOf(cascade, score));

export function summariseTested(input: TestedInput): CascadeSummary {
  const { stages, test, hard: ways, prices, bootstrap } = input;
  const { classes } = test;
  const plain = pricedOn(input, [test]);
  const hard =
    ways.length === 0
      ? null
      : pricedOn(
          input,
          ways.map(({ windows }) => windows),
        );
  const last = stages.length - 1;
  const chosen = plain.map(({ decision, setting }, i): ChosenCascade => ({
    ...{ decision, setting },
    plain: against(plain[i]!, plain[last]!, { classes, bootstrap }),
    hard: hard && against(hard[i]!, hard[last]!, { classes, bootstrap }),
  }));
  return {
    stages: stages.map((name, i) => ({ name, millijoule: prices.alone[i]!.millijoule })),
    margin: cascadeMargin,
    tradeOff: {
      plain: tradeOffOf(plain, prices.source, classes, bootstrap),
      hard: hard && tradeOffOf(hard, prices.source, classes, bootstrap),
    },
    chosen,
  };
}

/** Each stage alone, in their order; then the cascade, and as many windows sent on by chance. */
function pricedOn(
  { cascade, stages, prices, bootstrap }: TestedInput,
  sides: readonly StagedWindows[],
): Priced[] {
  const { decision } = cascade;
  const setting = `thresholds ${Array.from(cascade.thresholds, (one) => String(Number(one.toPrecision(6)))).join(', ')}`;
  const of = (name: string, how: string, priced: (windows: StagedWindows) => PricedTraining): Priced => ({
    ...{ decision: name, setting: how },
    trainings: sides.map(priced),
  });
  return [
    ...stages.map((name, stage) => of(oneStage, name, (windows) => aloneAt(windows, stage, prices))),
    of(decisionWords[decision], setting, (windows) => {
      const places = placesBy(cascade, windows);
      return pricedBy(windows, places, pricesAt(prices, decision, places));
    }),
    of(chanceAsOften, setting, (windows) => {
      const places = dealtAnew(placesBy(cascade, windows), { seed: bootstrap.seed, fold: 1 });
      return pricedBy(windows, places, pricesAt(prices, 'top-probability', places));
    }),
  ];
}
