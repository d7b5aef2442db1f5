import { normalTwoSided } from './distributions.ts';
import { ranks } from './moments.ts';

export interface Wilcoxon {
  /** sum of the ranks of the positive differences */
  readonly w: number;
  /** differences that are not 0: the others are left out, as Wilcoxon did */
  readonly n: number;
  /** 'none': no pair differs, p is 1 */
  readonly method: 'exact' | 'normal' | 'none';
  /** two-sided */
  readonly p: number;
}

/** Up to so many pairs the exact distribution is counted out (2^50 sign patterns are still exact in binary64). */
const exactLimit = 50;

/**
 * Wilcoxon's signed-rank test (Wilcoxon 1945) of pairs' differences. Exact for up to 50 pairs without ties and
 * zeros; else the normal approximation with tie and continuity correction (Hollander & Wolfe 1973, section 3.1).
 */
export function wilcoxon(differences: ArrayLike<number>): Wilcoxon {
  const kept = Array.from(differences).filter((difference) => difference !== 0);
  const n = kept.length;
  if (n === 0) return { w: 0, n, method: 'none', p: 1 };
  const ranked = ranks(kept.map(Math.abs));
  const w = kept.reduce((sum, difference, i) => sum + (difference > 0 ? ranked.ranks[i]! : 0), 0);
  const tied = ranked.ties.length < n;
  return n === differences.length && n <= exactLimit && !tied
    ? { w, n, method: 'exact', p: exactP(w, n) }
    : { w, n, method: 'normal', p: normalP(w, n, ranked.ties) };
}

/** Twice the rarer tail among all sign patterns, which the null hypothesis makes equally likely. */
function exactP(w: number, n: number): number {
  const largest = (n * (n + 1)) / 2;
  const patterns = new Float64Array(largest + 1);
  patterns[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = largest; sum >= rank; sum--) patterns[sum]! += patterns[sum - rank]!;
  }
  const tail = patterns.subarray(0, Math.min(w, largest - w) + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / 2 ** n);
}

function normalP(w: number, n: number, ties: readonly number[]): number {
  const correction = ties.reduce((sum, t) => sum + (t ** 3 - t), 0) / 48;
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - correction;
  const distance = Math.max(0, Math.abs(w - (n * (n + 1)) / 4) - 0.5);
  return normalTwoSided(distance / Math.sqrt(variance));
}
