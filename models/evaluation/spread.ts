/** A sample of figures as a whole: quantiles with intervals, histogram, ECDF, outliers. */
import betainc from '@stdlib/math-base-special-betainc';
import { deviation, mean, quantile } from './moments.ts';

export interface QuantileEstimate {
  /** 0 … 1 */
  readonly share: number;
  readonly value: number;
  /** Of the order statistics between which the true quantile lies as often as said; null where there are too few. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface Spread {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation; null of one value. */
  readonly deviation: number | null;
  readonly least: number;
  readonly most: number;
  readonly quantiles: readonly QuantileEstimate[];
  /** Values beyond Tukey’s outer fences, three times the interquartile range from the quartiles. */
  readonly outliers: { readonly low: number; readonly high: number; readonly count: number };
  readonly histogram: { readonly from: number; readonly step: number; readonly counts: readonly number[] };
  /** [value, share of values up to it], a few hundred at most. */
  readonly ecdf: readonly (readonly [number, number])[];
}

/** That fewer than k of n values lie below a quantile: Binomial(n, share) < k. */
const below = (n: number, share: number, k: number): number =>
  k <= 0 ? 0 : k > n ? 1 : betainc(1 - share, n - k + 1, k);

/**
 * A quantile’s interval without a word of the distribution: between two order statistics (David & Nagaraja 2003,
 * Order Statistics, 7.1).
 * @param sorted ascending
 * @returns null where not even the least and the largest of so few hold it so often
 */
export function quantileInterval(
  sorted: ArrayLike<number>,
  share: number,
  confidence = 0.95,
): { low: number; high: number } | null {
  const { length: n } = sorted;
  const tail = (1 - confidence) / 2;
  const least = (reached: (k: number) => boolean): number => {
    let [from, to] = [0, n + 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (reached(middle)) to = middle;
      else from = middle + 1;
    }
    return from;
  };
  // The last rank below which the quantile lies too seldom to matter, and the first above.
  const low = least((k) => below(n, share, k) > tail) - 1;
  const high = least((k) => below(n, share, k) >= 1 - tail);
  return low < 1 || high > n ? null : { low: sorted[low - 1]!, high: sorted[high - 1]! };
}

const told = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const mostBins = 40;
const mostPoints = 200;

/** @param values one at least @throws RangeError of none */
export function spreadOf(values: ArrayLike<number>, confidence = 0.95): Spread {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  if (n === 0) throw new RangeError('There are no values');
  const [first, third] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const reach = 3 * (third - first);
  const fences = { low: first - reach, high: third + reach };
  return {
    n,
    mean: mean(sorted),
    deviation: deviation(sorted),
    least: sorted[0]!,
    most: sorted[n - 1]!,
    quantiles: told.map((share) => ({
      ...{ share, value: quantile(sorted, share) },
      ...(quantileInterval(sorted, share, confidence) ?? { low: null, high: null }),
    })),
    outliers: {
      ...fences,
      count: sorted.reduce((count, x) => count + Number(x < fences.low || x > fences.high), 0),
    },
    histogram: histogramOf(sorted),
    ecdf: ecdfOf(sorted),
  };
}

/** Bins of the same width (Freedman & Diaconis 1981), forty at most; one where all are equal. */
function histogramOf(sorted: Float64Array): Spread['histogram'] {
  const n = sorted.length;
  const [from, to] = [sorted[0]!, sorted[n - 1]!];
  if (to === from) return { from, step: 0, counts: [n] };
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(n);
  const bins = width > 0 ? Math.min(mostBins, Math.max(1, Math.ceil((to - from) / width))) : mostBins;
  const step = (to - from) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) counts[Math.min(bins - 1, Math.floor((value - from) / step))]!++;
  return { from, step, counts };
}

function ecdfOf(sorted: Float64Array): [number, number][] {
  const n = sorted.length;
  const points: [number, number][] = [];
  const every = Math.max(1, n / mostPoints);
  for (let i = 0, next = 0; i < n; i++) {
    const lastOfValue = i === n - 1 || sorted[i + 1]! > sorted[i]!;
    if (!lastOfValue || (i < next && i < n - 1)) continue;
    points.push([sorted[i]!, (i + 1) / n]);
    next = i + every;
  }
  return points;
}
