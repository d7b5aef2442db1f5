import { Random } from '../training/random.ts';
import { quantile } from './moments.ts';

/** A value with a percentile interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** how often everything is drawn anew, at least 1 */
  readonly resamples: number;
  readonly seed: number;
  /** of the interval, such as 0.95 */
  readonly level: number;
}

/**
 * Bootstrap clustered by source (Davison & Hinkley 1997, section 3.8: whole clusters are drawn with replacement,
 * as many as there are).
 * @param clusters of each item
 * @param statistics of the items at these indices, an item as often as it was drawn; always as many numbers
 * @returns [statistic][resample]
 * @throws RangeError if there are no items
 */
export function clusteredBootstrap(
  clusters: readonly string[],
  statistics: (indices: readonly number[]) => readonly number[],
  { resamples, seed }: Pick<BootstrapOptions, 'resamples' | 'seed'>,
): Float64Array[] {
  if (clusters.length === 0) throw new RangeError('There is nothing to draw from');
  const members = membersOf(clusters);
  const random = new Random(seed);
  const drawn: Float64Array[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const indices: number[] = [];
    for (let i = 0; i < members.length; i++) {
      for (const item of members[Math.floor(random.uniform() * members.length)]!) indices.push(item);
    }
    statistics(indices).forEach((value, s) => {
      drawn[s] ??= new Float64Array(resamples);
      drawn[s][resample] = value;
    });
  }
  return drawn;
}

function membersOf(clusters: readonly string[]): number[][] {
  const members = new Map<string, number[]>();
  clusters.forEach((cluster, i) => {
    const known = members.get(cluster);
    if (known) known.push(i);
    else members.set(cluster, [i]);
  });
  return [...members.values()];
}

/** The percentile interval: from the (1 − level) / 2 to the (1 + level) / 2 quantile of what was drawn. */
export function percentileInterval(drawn: Float64Array, level: number): { low: number; high: number } {
  return { low: quantile(drawn, (1 - level) / 2), high: quantile(drawn, (1 + level) / 2) };
}

/**
 * A value with the percentile interval of its draws. Draws that have no value (NaN: an AUROC without a wrong answer)
 * are left out.
 * @returns null where the value is none, or fewer than half of the draws have one
 */
export function estimateOf(value: number, drawn: Float64Array, level: number): Estimate | null {
  const known = definite(drawn);
  if (Number.isNaN(value) || 2 * known.length < drawn.length) return null;
  return { value, ...percentileInterval(known, level) };
}

/** What is a number among the draws. */
export const definite = (drawn: Float64Array): Float64Array => drawn.filter((value) => !Number.isNaN(value));

/**
 * Two-sided p of "the difference is 0": the percentile interval turned round, (1 + k) / (resamples + 1) with k the
 * draws on the rarer side of 0, doubled. The smallest p that B draws can give is 2 / (B + 1).
 */
export function bootstrapP(drawn: Float64Array): number {
  const below = drawn.filter((value) => value <= 0).length;
  const above = drawn.filter((value) => value >= 0).length;
  return Math.min(1, (2 * (1 + Math.min(below, above))) / (drawn.length + 1));
}
