/**
 * Tail probabilities of the tests' statistics. All come from the incomplete beta function and erfc, in forms that
 * keep small tails exact where 1 − cdf would round them to 0 (NIST DLMF 8.17 and 7.2).
 */
import betainc from '@stdlib/math-base-special-betainc';
import erfc from '@stdlib/math-base-special-erfc';
import quantile from '@stdlib/stats-base-dists-t-quantile';

/** P(|T| ≥ |t|) of Student's t; 0 for an infinite t. */
export function studentTwoSided(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return 0;
  return betainc(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** P(T ≥ t) of Student's t. */
export function studentUpper(t: number, degrees: number): number {
  const tail = studentTwoSided(t, degrees) / 2;
  return t >= 0 ? tail : 1 - tail;
}

/** The t that Student's distribution stays below with this probability. */
export function studentQuantile(probability: number, degrees: number): number {
  return quantile(probability, degrees);
}

/** P(F ≥ f) of Snedecor's F; 0 for an infinite f. */
export function fUpper(f: number, numerator: number, denominator: number): number {
  if (f === Infinity) return 0;
  return betainc(denominator / (denominator + numerator * f), denominator / 2, numerator / 2);
}

/** P(|Z| ≥ |z|) of the standard normal distribution. */
export function normalTwoSided(z: number): number {
  return erfc(Math.abs(z) / Math.SQRT2);
}

/** P(X² ≥ x) of the chi-square distribution with one degree of freedom, x ≥ 0. */
export function chiSquareUpper(x: number): number {
  return erfc(Math.sqrt(x / 2));
}

/** P(X ≤ k) of k successes in n fair tosses, 0 ≤ k ≤ n. */
export function fairTossesLower(k: number, n: number): number {
  return k >= n ? 1 : betainc(0.5, n - k, k + 1);
}
