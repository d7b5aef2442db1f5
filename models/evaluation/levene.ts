import { fUpper } from './distributions.ts';
import { mean, quantile } from './moments.ts';

export interface Levene {
  /** Infinity where groups spread differently and nothing varies within; null where nothing varies at all */
  readonly w: number | null;
  readonly degrees: readonly [number, number];
  readonly p: number;
}

/**
 * Levene's test of equal variances: a one-way analysis of variance of the distances |x − centre of its group|.
 * @param groups two at least, of two values each at least
 * @param centre 'median' is the form of Brown & Forsythe (1974), robust to skewed values; 'mean' is Levene's (1960)
 * @throws RangeError if there are fewer
 */
export function levene(groups: readonly ArrayLike<number>[], centre: 'median' | 'mean' = 'median'): Levene {
  if (groups.length < 2 || groups.some((group) => group.length < 2)) {
    throw new RangeError('Levene’s test needs two groups of two values at least');
  }
  const distances = groups.map((group) => {
    const middle = centre === 'median' ? quantile(group, 0.5) : mean(group);
    return Array.from(group, (value) => Math.abs(value - middle));
  });
  const all = distances.flat();
  const degrees = [groups.length - 1, all.length - groups.length] as const;
  const grand = mean(all);
  const between = distances.reduce((sum, group) => sum + group.length * (mean(group) - grand) ** 2, 0);
  const within = distances.reduce((sum, group) => {
    const own = mean(group);
    return sum + group.reduce((squares, value) => squares + (value - own) ** 2, 0);
  }, 0);
  if (between === 0 && within === 0) return { w: null, degrees, p: 1 };
  const w = between / degrees[0] / (within / degrees[1]);
  return { w, degrees, p: fUpper(w, ...degrees) };
}
