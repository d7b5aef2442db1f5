import { clopperPearson } from './proportion.ts';

/** A part of what there is, of which some were decided. */
export interface DecidedStratum {
  /** How many there are, at least 1. */
  readonly population: number;
  /** How many of them were decided, and of these were true. */
  readonly decided: number;
  readonly right: number;
}

/** A number of things, or a share of them. */
export interface StratifiedEstimate {
  /** Null where a stratum has nothing decided: what it would add is not known. */
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
}

/**
 * How many are true of all that there are: each stratum's share times its population (Cochran 1977, Sampling Techniques,
 * section 5.3). The interval adds up the strata's Clopper–Pearson ones, each at 1 − (1 − confidence) / k for k strata that
 * are not wholly decided, so that by Bonferroni's inequality all hold at once at least as often as said: it is wide
 * rather than wrong. In no stratum are fewer true than were found true, or more than were not found false; one without
 * any decision may have none or all.
 * @param confidence between 0 and 1
 */
export function stratifiedCount(strata: readonly DecidedStratum[], confidence = 0.95): StratifiedEstimate {
  const open = strata.filter(({ population, decided }) => decided < population).length;
  const each = 1 - (1 - confidence) / Math.max(1, open);
  let [value, low, high] = [0, 0, 0];
  for (const { population, decided, right } of strata) {
    if (decided === 0) {
      value = NaN;
      high += population;
      continue;
    }
    value += (population * right) / decided;
    const bounds = clopperPearson(right, decided, each);
    low += decided === population ? right : Math.max(right, population * bounds.low);
    high += decided === population ? right : Math.min(population - decided + right, population * bounds.high);
  }
  return { value: Number.isNaN(value) ? null : value, low, high };
}

/** The share of true ones, as `stratifiedCount` has their number; null of nothing. */
export function stratifiedShare(
  strata: readonly DecidedStratum[],
  confidence = 0.95,
): StratifiedEstimate | null {
  const population = strata.reduce((sum, one) => sum + one.population, 0);
  if (population === 0) return null;
  const { value, low, high } = stratifiedCount(strata, confidence);
  return {
    value: value === null ? null : value / population,
    low: low / population,
    high: high / population,
  };
}
