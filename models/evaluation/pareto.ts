/** What is worth choosing among: whatever nothing else is at least as good as in all respects and better in one. */

export interface Offer {
  /** The more the better. */
  readonly gain: number;
  /** The less the better; null where it is not known. */
  readonly cost: number | null;
}

/** @returns of each whether it lies on the front; what has no cost does not */
export function onFront(offers: readonly Offer[]): boolean[] {
  return offers.map(
    (one) =>
      one.cost !== null &&
      !offers.some(
        (other) =>
          other.cost !== null &&
          other.gain >= one.gain &&
          other.cost <= one.cost! &&
          (other.gain > one.gain || other.cost < one.cost!),
      ),
  );
}
