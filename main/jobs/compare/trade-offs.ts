/** What each run offers: macro F1 against what it costs in time, energy, flash and RAM. */
import { firmwareSizes } from '../../../devices/boards/firmware-sizes.ts';
import { onFront } from '../../../models/evaluation/pareto.ts';
import type { Comparison } from './contract/rows.ts';
import type { FigureRecord, TradeOff } from './contract/statistics.ts';

const costs = ['latencyUs', 'millijoule', 'flashBytes', 'ramBytes'] as const;

/** Runs without labels have no F1, and lie on no front. */
export function tradeOffsOf({ runs, models }: Comparison, figures: readonly FigureRecord[]): TradeOff[] {
  const found = runs.map(({ board, model, scores }) => {
    const meanOf = (metric: FigureRecord['metric']): number | null =>
      figures.find(
        (one) => one.board === board && one.model === model && one.metric === metric && one.stage === 'total',
      )?.spread.mean ?? null;
    return {
      ...{ board, model, macroF1: scores?.board.macroF1.value ?? null },
      ...{ latencyUs: meanOf('latency'), millijoule: meanOf('energy') },
      flashBytes: firmwareSizes.code + models[model]!.imageBytes,
      ramBytes: firmwareSizes.ram,
    };
  });
  const fronts = costs.map((cost) =>
    onFront(found.map((one) => ({ gain: one.macroF1 ?? 0, cost: one.macroF1 === null ? null : one[cost] }))),
  );
  return found.map((one, i) => ({
    ...one,
    front: Object.fromEntries(costs.map((cost, c) => [cost, fronts[c]![i]!])) as TradeOff['front'],
  }));
}
