import { argmax } from './probability.ts';

/** How far two sets of logits for the same sound lie apart. */
export interface Difference {
  /** max |a − b| */
  readonly largest: number;
  /** max |a − b| / max |b|: relative to the reference's largest logit; 0 if both are all zero */
  readonly relative: number;
  readonly sameTopClass: boolean;
}

/**
 * Difference of logits `a` to the reference's logits `b`.
 * @throws RangeError if their lengths differ or they are empty
 */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): Difference {
  if (a.length !== b.length || a.length === 0) {
    throw new RangeError(`Logits of ${a.length} and ${b.length} classes cannot be compared`);
  }
  let largest = 0;
  let magnitude = 0;
  for (let i = 0; i < a.length; i++) {
    // Math.max keeps NaN, which a comparison would lose.
    largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
    magnitude = Math.max(magnitude, Math.abs(b[i]!));
  }
  return {
    largest,
    relative: largest === 0 ? 0 : largest / magnitude,
    sameTopClass: argmax(a) === argmax(b),
  };
}

/** A board's answer beside both references, the two kinds of error apart. */
export interface Agreement {
  /** board against the quantized reference: what the firmware's arithmetic does differently */
  readonly implementation: Difference;
  /** quantized against float reference: what fewer bits cost, whatever runs them */
  readonly quantization: Difference;
}

/** @param board, quantized, float logits of one window, as long as there are classes */
export function agreement(
  board: ArrayLike<number>,
  quantized: ArrayLike<number>,
  float: ArrayLike<number>,
): Agreement {
  return { implementation: difference(board, quantized), quantization: difference(quantized, float) };
}

/**
 * Implementation error that is still rounding: relative difference of logits. With an encoder of int8 codes more: a
 * log-mel value that lies near the border of two codes falls to another one when it differs in the sixth digit, and
 * every layer behind carries the step on.
 * @param encoder what makes the expert's embeddings; null for the log-mel's statistics
 */
export function implementationTolerance(encoder: string | null): number {
  return encoder === null ? 1e-3 : 5e-2;
}

/** True if the board computes what the quantized reference computes. @param tolerance of implementationTolerance */
export function boardAgrees({ implementation }: Agreement, tolerance: number): boolean {
  return implementation.sameTopClass && implementation.relative <= tolerance;
}
