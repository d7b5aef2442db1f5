/** Numbers from other distributions than the uniform. */
import type { Random } from '../training/random.ts';

/** A whole number from 0 up to and without `limit`. */
export const below = (random: Random, limit: number): number => Math.floor(random.uniform() * limit);

/** Standard normal (G. E. P. Box and M. E. Muller, 1958). */
export function gaussian(random: Random): number {
  // 1 − u lies in (0, 1], whose logarithm is finite.
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}

/**
 * Gamma with shape > 0 and scale 1 (G. Marsaglia and W. W. Tsang: "A Simple Method for Generating Gamma Variables",
 * 2000). Shapes below 1 by the same paper: gamma(shape + 1) · u^(1 / shape).
 */
function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = gaussian(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Beta(a, b), in [0, 1], from two gammas. @throws RangeError unless both are above 0 */
export function beta(random: Random, a: number, b: number): number {
  if (!(a > 0 && b > 0)) throw new RangeError(`Beta takes numbers above 0, not ${a} and ${b}`);
  const first = gamma(random, a);
  const second = gamma(random, b);
  // Both may underflow where a and b are tiny; the distribution is then all at its ends.
  return first + second > 0 ? first / (first + second) : below(random, 2);
}
