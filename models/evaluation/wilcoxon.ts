import { normalTwoSided } from './distributions.ts';
import { ranks } from './moments.ts';

export interface Wilcoxon {
  /** Hodges–Lehmann estimate: the median of the means of all pairs of differences, each with itself too; those of 0 too */
  readonly effect: number;
  /** sum of the ranks of the positive differences; ties share the mean of their ranks */
  readonly w: number;
  /** differences that are not 0: the others are ranked with them, below them, and have no sign (Pratt) */
  readonly n: number;
  /** 'none': no pair differs, p is 1 */
  readonly method: 'exact' | 'normal' | 'none';
  /** two-sided */
  readonly p: number;
}

/** Up to so many pairs the exact distribution is counted out (2^50 sign patterns are still exact in binary64). */
const exactLimit = 50;

/**
 * Wilcoxon's signed-rank test (Wilcoxon 1945) of pairs' differences, with zeros as Pratt (1959) has them: left out
 * after the ranking, not before, so that pairs which do not differ speak against a difference. Exact for up to 50 pairs
 * that differ: the signs' distribution given the ranks, ties, zeros and all (Pratt & Gibbons 1981, section 3.7); else
 * the normal approximation with tie and continuity correction (Hollander & Wolfe 1973, section 3.1) and the moments
 * that zeros leave (Cureton 1967).
 * @param differences one at least
 */
export function wilcoxon(differences: ArrayLike<number>): Wilcoxon {
  const effect = pseudoMedian(Float64Array.from(differences).sort());
  const all = Array.from(differences);
  const ranked = ranks(all.map(Math.abs));
  const signed = all.flatMap((difference, i) =>
    difference === 0 ? [] : [{ difference, rank: ranked.ranks[i]! }],
  );
  const n = signed.length;
  if (n === 0) return { effect, w: 0, n, method: 'none', p: 1 };
  const w = signed.reduce((sum, { difference, rank }) => sum + (difference > 0 ? rank : 0), 0);
  const kept = Float64Array.from(signed, ({ rank }) => rank);
  const zeros = all.length - n;
  return n <= exactLimit
    ? { effect, w, n, method: 'exact', p: exactP(w, kept) }
    : { effect, w, n, method: 'normal', p: normalP(w, all.length, zeros, zeros > 0 ? ranked.ties.slice(1) : ranked.ties) }; // prettier-ignore
}

/**
 * Twice the rarer tail among all sign patterns, which the null hypothesis makes equally likely. Counted in half ranks:
 * those of ties end in a half.
 */
function exactP(w: number, ofPairs: Float64Array): number {
  const halves = Array.from(ofPairs, (rank) => 2 * rank);
  const largest = halves.reduce((sum, rank) => sum + rank, 0);
  const patterns = new Float64Array(largest + 1);
  patterns[0] = 1;
  for (const rank of halves) {
    for (let sum = largest; sum >= rank; sum--) patterns[sum]! += patterns[sum - rank]!;
  }
  const tail = patterns
    .subarray(0, Math.min(2 * w, largest - 2 * w) + 1)
    .reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / 2 ** halves.length);
}

/** @param ties of the differences that are not 0, the runs of equals among them */
function normalP(w: number, n: number, zeros: number, ties: readonly number[]): number {
  const correction = ties.reduce((sum, t) => sum + (t ** 3 - t), 0) / 48;
  const squares = (count: number) => (count * (count + 1) * (2 * count + 1)) / 24;
  const variance = squares(n) - squares(zeros) - correction;
  const centre = (n * (n + 1) - zeros * (zeros + 1)) / 4;
  const distance = Math.max(0, Math.abs(w - centre) - 0.5);
  return normalTwoSided(distance / Math.sqrt(variance));
}

/** Hodges & Lehmann (1963), without forming the n (n + 1) / 2 means: they are counted below a bisected bound. */
function pseudoMedian(sorted: Float64Array): number {
  const pairs = (sorted.length * (sorted.length + 1)) / 2;
  return (meanOfRank(sorted, Math.ceil(pairs / 2)) + meanOfRank(sorted, Math.floor(pairs / 2) + 1)) / 2;
}

/** The means' order statistic of this rank, counted from 1. */
function meanOfRank(sorted: Float64Array, rank: number): number {
  let [low, high] = [sorted[0]!, sorted.at(-1)!];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (meansUpTo(sorted, middle) >= rank) high = middle;
    else low = middle;
  }
  return high;
}

function meansUpTo(sorted: Float64Array, bound: number): number {
  let [count, last] = [0, sorted.length - 1];
  for (let first = 0; first < sorted.length; first++) {
    while (last >= first && (sorted[first]! + sorted[last]!) / 2 > bound) last--;
    if (last < first) break;
    count += last - first + 1;
  }
  return count;
}
