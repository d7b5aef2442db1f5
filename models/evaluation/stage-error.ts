/** How far what one side computed at a stage lies from what the other did: logits, an embedding, a log-mel patch. */

export interface StageError {
  /** max |a − b| */
  readonly largest: number;
  /** of the element that differs most; the first of equals */
  readonly at: number;
  /** max |a − b| / max |b|: what stages are judged by; 0 where they are equal, Infinity where b is all 0 */
  readonly relative: number;
  /** √ mean (a − b)² */
  readonly rmse: number;
  /** mean |a − b| */
  readonly mae: number;
  /** ‖a − b‖ / ‖b‖ */
  readonly l2: number;
  /** a · b / ‖a‖ ‖b‖; 1 where both are all 0, 0 where one is */
  readonly cosine: number;
}

/**
 * NaN on either side makes `largest` and all that follows from it NaN: it is never lost.
 * @param b what `a` is held against
 * @throws RangeError if their lengths differ or they are empty
 */
export function stageError(a: ArrayLike<number>, b: ArrayLike<number>): StageError {
  const { length } = b;
  if (a.length !== length || length === 0) {
    throw new RangeError(`${a.length} and ${length} values of a stage cannot be compared`);
  }
  let [largest, at, magnitude, sum, squares, squaresA, squaresB, product] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    const gap = Math.abs(a[i]! - b[i]!);
    // Not `>`: of NaN that is never true.
    if (!(gap <= largest)) {
      if (!Number.isNaN(largest)) at = i;
      largest = Math.max(largest, gap);
    }
    magnitude = Math.max(magnitude, Math.abs(b[i]!));
    sum += gap;
    squares += gap * gap;
    squaresA += a[i]! ** 2;
    squaresB += b[i]! ** 2;
    product += a[i]! * b[i]!;
  }
  return {
    largest,
    at,
    relative: largest === 0 ? 0 : largest / magnitude,
    rmse: Math.sqrt(squares / length),
    mae: sum / length,
    l2: squares === 0 ? 0 : Math.sqrt(squares / squaresB),
    cosine: cosineOf(product, squaresA, squaresB),
  };
}

function cosineOf(product: number, squaresA: number, squaresB: number): number {
  if (squaresA === 0 && squaresB === 0) return 1;
  if (squaresA === 0 || squaresB === 0) return 0;
  // Rounding makes it a little more than 1 of what is all but equal.
  return Math.min(1, product / Math.sqrt(squaresA * squaresB));
}
