/** Cascades of all folds and seeds, in the report's shape. */
import { oneStage } from '../report/cascade-words.ts';
import type { BootstrapOptions } from '../evaluation/bootstrap.ts';
import type { CascadeSummary } from '../report/results.ts';
import { cheapestWithin } from './cascade-choice.ts';
import { cascadesOf, type CascadePrices, type Side, type StagedFold } from './cascade.ts';
import { tradeOffOf, type Priced } from './trade-off.ts';

/** Of weighted F1: as much as a cascade may lose against its last stage alone. */
export const cascadeMargin = 0.005;

export interface CascadeInput {
  /** Of every fold and seed: each seed has all folds. */
  readonly folds: readonly StagedFold[];
  /** In the order of their cost. */
  readonly stages: readonly string[];
  readonly prices: CascadePrices;
  readonly bootstrap: BootstrapOptions;
}

export function summariseCascade(input: CascadeInput): CascadeSummary {
  const { folds, stages, prices, bootstrap } = input;
  const { source } = prices;
  const { classes } = folds[0]!.test;
  const seeds = [...new Set(folds.map(({ seed }) => seed))];
  const trainings = seeds.map((seed) => folds.filter((fold) => fold.seed === seed));
  const on = (side: Side) => cascadesOf(trainings, stages, prices, side);
  const [held, test] = [on('held'), on('test')];
  const ways = [...folds[0]!.hard.keys()].map(on);
  // every way with every seed: the mean over them is told
  const hard = ways.length === 0 ? null : test.map((one, i) => ({ ...one, trainings: waysOf(ways, i) }));
  const reference = { decision: oneStage, setting: stages.at(-1)! };
  const chosen = cheapestWithin(
    { held, test, hard },
    { reference, classes, margin: cascadeMargin, bootstrap },
  );
  const few = ({ decision, setting }: Priced) =>
    decision === oneStage || chosen.some((one) => one.decision === decision && one.setting === setting);
  return {
    stages: stages.map((name, i) => ({ name, millijoule: prices.alone[i]!.millijoule })),
    margin: cascadeMargin,
    tradeOff: {
      plain: tradeOffOf(test, source, classes, bootstrap),
      hard: hard && tradeOffOf(hard.filter(few), source, classes, bootstrap),
    },
    chosen,
  };
}

const waysOf = (ways: readonly (readonly Priced[])[], i: number) => ways.flatMap((way) => way[i]!.trainings);
