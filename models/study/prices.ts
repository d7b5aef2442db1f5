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
 * Of several models' front ends and encoders the mean is taken.
 * @param experts of the bank, in the router's order, each alone @param mixtures by name
 * @returns null where the board told no energy or no stages of an expert
 */
export function pricesOf(
  experts: readonly (Cost | null | undefined)[],
  mixtures: ReadonlyMap<string, Cost>,
): StagePrices | null {
  const each = experts.flatMap((cost) => (cost ? (stagesOf(cost) ?? []) : []));
  if (each.length === 0 || each.length < experts.length) return null;
  const fronts = each.map(({ features, encoder }) => sumOf(features, encoder));
  const shared = {
    us: mean(fronts.map(({ us }) => us)),
    millijoule: mean(fronts.map(({ millijoule }) => millijoule)),
  };
  return {
    ...{ shared, source: each[0]!.source },
    experts: each.map(({ whole }) => less(whole, shared)),
    routers: new Map(
      [...mixtures].flatMap(([name, cost]) => {
        const stages = stagesOf(cost);
        return stages ? [[name, stages.router] as const] : [];
      }),
    ),
  };
}

/** Of one inference: all of it, and its stages. */
export interface Stages extends Readonly<
  Record<'whole' | 'features' | 'encoder' | 'router' | 'expert', Price>
> {
  readonly source: FigureSource;
}

/** A stage's energy is its share of the time. @returns null where the board told no energy, or no stages */
export function stagesOf({ stagesUs, millijoule }: Cost): Stages | null {
  if (stagesUs === null || millijoule === null) return null;
  const { features, encoder, router, expert } = stagesUs;
  const us = features + encoder + router + expert;
  const priced = (part: number): Price => ({ us: part, millijoule: (millijoule.value * part) / us });
  return {
    source: millijoule.source,
    ...{ whole: priced(us), features: priced(features), encoder: priced(encoder) },
    ...{ router: priced(router), expert: priced(expert) },
  };
}

export const less = (from: Price, what: Price): Price => ({
  us: from.us - what.us,
  millijoule: from.millijoule - what.millijoule,
});

export const sumOf = (...prices: readonly Price[]): Price => ({
  us: prices.reduce((sum, one) => sum + one.us, 0),
  millijoule: prices.reduce((sum, one) => sum + one.millijoule, 0),
});
