import { studentQuantile, studentTwoSided, studentUpper } from './distributions.ts';
import { deviation, mean } from './moments.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

export interface PairedT {
  /** mean difference */
  readonly effect: number;
  /** ±Infinity where every pair differs by the same; null where no pair differs at all */
  readonly t: number | null;
  readonly degrees: number;
  /** standard error of the effect */
  readonly error: number;
  /** two-sided */
  readonly p: number;
  readonly interval: Interval;
}

/**
 * Student's t-test of pairs' differences against 0 (Student 1908).
 * @param differences at least two
 * @param overlap test clips over training clips where each difference is of one fold: trainings that share clips are
 * not independent, and the variance of their mean is that of one difference times 1/n + overlap (Nadeau & Bengio 2003,
 * equation 9); 0 for independent pairs
 * @throws RangeError if there are fewer
 */
export function pairedT(differences: ArrayLike<number>, level = 0.95, overlap = 0): PairedT {
  const { effect, error, degrees } = summary(differences, overlap);
  const half = studentQuantile((1 + level) / 2, degrees) * error;
  const interval = { low: effect - half, high: effect + half, level };
  if (error === 0 && effect === 0) return { effect, t: null, degrees, error, p: 1, interval };
  const t = effect / error;
  return { effect, t, degrees, error, p: studentTwoSided(t, degrees), interval };
}

export interface Tost {
  readonly effect: number;
  /** against −margin and against +margin; infinite where every pair differs by the same, null where none differs */
  readonly t: readonly [number, number] | null;
  readonly degrees: number;
  /** the larger of the two one-sided p: small means equivalent */
  readonly p: number;
  /** with level 1 − 2 · significance it lies within ±margin exactly when p is below the significance */
  readonly interval: Interval;
}

/**
 * Two one-sided t-tests for equivalence (Schuirmann 1987). Null hypothesis: the mean difference is at least `margin`
 * away from 0. Where no pair differs there is no spread for a t, and its p would be 0 however few there are. Then p is
 * (1 − margin)^n: a mean of differences of at most 1 reaches the margin only where at least a share `margin` of all
 * pairs differs, and so likely it is that n such pairs show none.
 * @param differences of pairs, at least two, each from −1 to 1
 * @param margin > 0 and below 1, in the differences' unit
 * @throws RangeError if there are fewer, or the margin is not above 0
 */
export function tost(differences: ArrayLike<number>, margin: number, significance = 0.05): Tost {
  if (!(margin > 0 && margin < 1)) throw new RangeError(`The margin must lie between 0 and 1, not ${margin}`);
  const { effect, error, degrees } = summary(differences);
  if (effect === 0 && error === 0) return neverDiffering(differences.length, margin, significance);
  const lower = over(effect + margin, error);
  const upper = over(effect - margin, error);
  const half = studentQuantile(1 - significance, degrees) * error;
  return {
    effect,
    t: [lower, upper],
    degrees,
    p: Math.max(studentUpperOf(lower, degrees), studentUpperOf(-upper, degrees)),
    interval: { low: effect - half, high: effect + half, level: 1 - 2 * significance },
  };
}

/** The interval's bound is the largest share of differing pairs of which n show none more often than `significance`. */
function neverDiffering(n: number, margin: number, significance: number): Tost {
  const bound = 1 - significance ** (1 / n);
  return {
    effect: 0,
    t: null,
    degrees: n - 1,
    p: (1 - margin) ** n,
    interval: { low: -bound, high: bound, level: 1 - 2 * significance },
  };
}

/** A difference that lies on the margin itself without any spread is not within it. */
const over = (distance: number, error: number) => (distance === 0 && error === 0 ? 0 : distance / error);

const studentUpperOf = (t: number, degrees: number) => (t === -Infinity ? 1 : studentUpper(t, degrees));

function summary(
  differences: ArrayLike<number>,
  overlap = 0,
): { effect: number; error: number; degrees: number } {
  const n = differences.length;
  const spread = deviation(differences);
  if (spread === null) throw new RangeError(`A paired test needs two pairs at least, not ${n}`);
  return { effect: mean(differences), error: spread * Math.sqrt(1 / n + overlap), degrees: n - 1 };
}
