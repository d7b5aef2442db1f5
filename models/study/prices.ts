/** What each stage of an inference takes, from models that ran on a board. */
import { mean } from '../evaluation/moments.ts';
import type { Cost, FigureSource } from '../report/results.ts';

/** Of one inference. */
export interface Price {
  readonly us: number;
  readonly millijoule: number;
}

export interface StagePrices {
  /** Front end and encoder, which every window takes. */
  readonly shared: Price;
  /** Each expert of the bank beyond that, in the router's order. */
  readonly experts: readonly Price[];
  /** Routers beyond that, by their mixtures' names. */
  readonly routers: ReadonlyMap<string, Price>;
  /** Of the energies. */
  readonly source: FigureSource;
}

/**
 * A stage's energy is its share of the inference's time. Of several models' front ends and encoders the mean is taken.
 * @param experts of the bank, in the router's order, each alone @param mixtures by name
 * @returns null where the board told no energy or no stages of an expert
 */
export function pricesOf(
  experts: readonly (Cost | null | undefined)[],
  mixtures: ReadonlyMap<string, Cost>,
): StagePrices | null {
  const each = experts.flatMap((cost) => (cost ? (stagesOf(cost) ?? []) : []));
  if (each.length === 0 || each.length < experts.length) return null;
  const meanOf = (of: (stages: Stages) => number) => mean(each.map(of));
  const shared = {
    us: meanOf((one) => one.shared.us),
    millijoule: meanOf((one) => one.shared.millijoule),
  };
  return {
    ...{ shared, source: each[0]!.source },
    experts: each.map(({ whole }) => ({
      us: whole.us - shared.us,
      millijoule: whole.millijoule - shared.millijoule,
    })),
    routers: new Map(
      [...mixtures].flatMap(([name, cost]) => {
        const stages = stagesOf(cost);
        return stages ? [[name, stages.router] as const] : [];
      }),
    ),
  };
}

interface Stages {
  readonly source: FigureSource;
  readonly whole: Price;
  readonly shared: Price;
  readonly router: Price;
}

function stagesOf({ stagesUs, millijoule }: Cost): Stages | null {
  if (stagesUs === null || millijoule === null) return null;
  const { features, encoder, router, expert } = stagesUs;
  const us = features + encoder + router + expert;
  const priced = (part: number): Price => ({ us: part, millijoule: (millijoule.value * part) / us });
  return {
    source: millijoule.source,
    whole: priced(us),
    shared: priced(features + encoder),
    router: priced(router),
  };
}

export const sumOf = (...prices: readonly Price[]): Price => ({
  us: prices.reduce((sum, one) => sum + one.us, 0),
  millijoule: prices.reduce((sum, one) => sum + one.millijoule, 0),
});
