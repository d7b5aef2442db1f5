/** How far two decisions of a router for the same sound lie apart. */
import { distanceTo } from '../router/cascade.ts';
import { implementationTolerance } from './agreement.ts';

export interface RoutingDifference {
  /** max |a − b| of the gates, or |a − b| of the scores of a cascade; 0 to 1 */
  readonly largest: number;
  readonly sameChoice: boolean;
  /** By how much b's gates prefer b's choice to a's, or b's score misses it; 0 where both choose the same. */
  readonly lead: number;
}

/** A board's decision beside both references', the two kinds of error apart. */
export interface RoutingAgreement {
  /** board against the quantized reference: what the firmware's arithmetic does differently */
  readonly implementation: RoutingDifference;
  /** quantized against float reference: what fewer bits of encoder and router cost */
  readonly quantization: RoutingDifference;
}

/** The weight of each expert, and the one that is ranked highest. */
export interface Decision {
  readonly gate: ArrayLike<number>;
  readonly choice: number;
}

/** @throws RangeError if they are not of as many experts, or of none */
export function routingDifference(a: Decision, b: Decision): RoutingDifference {
  const experts = b.gate.length;
  if (a.gate.length !== experts || !(a.choice < experts) || !(b.choice < experts)) {
    throw new RangeError(`Gates of ${a.gate.length} and ${experts} experts cannot be compared`);
  }
  let largest = 0;
  for (let e = 0; e < experts; e++) {
    // Math.max keeps NaN, which a comparison would lose.
    largest = Math.max(largest, Math.abs(a.gate[e]! - b.gate[e]!));
  }
  return {
    largest,
    sameChoice: a.choice === b.choice,
    lead: b.gate[b.choice]! - b.gate[a.choice]!,
  };
}

/** What a cascade decided by, and the place of the expert that answered. */
export interface Staged {
  readonly score: number;
  readonly choice: number;
}

/** @param thresholds of the cascade */
export const cascadeDifference = (a: Staged, b: Staged, thresholds: Float32Array): RoutingDifference => ({
  largest: Math.abs(a.score - b.score),
  sameChoice: a.choice === b.choice,
  lead: distanceTo({ thresholds }, b.score, a.choice),
});

export const cascadeAgreement = (
  { board, quantized, float }: Record<'board' | 'quantized' | 'float', Staged>,
  thresholds: Float32Array,
): RoutingAgreement => ({
  implementation: cascadeDifference(board, quantized, thresholds),
  quantization: cascadeDifference(quantized, float, thresholds),
});

export const routingAgreement = (
  board: Decision,
  quantized: Decision,
  float: Decision,
): RoutingAgreement => ({
  implementation: routingDifference(board, quantized),
  quantization: routingDifference(quantized, float),
});

/**
 * True if the board decides what the quantized reference decides: gates that differ by rounding alone, and the same
 * expert, or another where the reference's own gates of the two lie so close that rounding decides.
 * @param encoder as for implementationTolerance, which bounds the gates too
 */
export function boardRoutes({ implementation }: RoutingAgreement, encoder: string | null): boolean {
  const tolerance = implementationTolerance(encoder);
  return implementation.largest <= tolerance && implementation.lead <= 2 * tolerance;
}
