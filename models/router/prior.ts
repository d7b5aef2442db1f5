import type { Precision } from '../experts/expert.ts';

/** Bits of a weight: log2 3 = 1.58 for ternary ones, 32 for float. */
export function bitsOfPrecision(precision: Precision | 32): number {
  if (precision === 'static8') return 8;
  return typeof precision === 'number' ? precision : Math.log2(3);
}

/**
 * The precision prior b of a bank's experts: their bits scaled so that the fewest are 0 and the most 1
 * (all 0 where all are the same). Gates are p · exp(alpha · û · b), so only differences of b count.
 */
export function precisionPrior(precisions: readonly (Precision | 32)[]): Float32Array {
  const bits = precisions.map(bitsOfPrecision);
  const [fewest, most] = [Math.min(...bits), Math.max(...bits)];
  return Float32Array.from(bits, (b) => (most > fewest ? (b - fewest) / (most - fewest) : 0));
}
