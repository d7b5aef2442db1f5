/** softmax, p_i = exp(z_i − max) / Σ exp(z_j − max); natural logarithms throughout. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(logits);
  const largest = values.reduce((max, value) => Math.max(max, value), -Infinity);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Shannon entropy in nats, −Σ p ln p: 0 when certain, ln(classes) when every class is as likely. */
export function entropy(probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    if (p > 0) sum -= p * Math.log(p);
  }
  return sum;
}

/** Index of the largest value; the first of equals, as the board chooses. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** The mean of the probabilities of windows, given the logits of each; at least one. @returns one probability a class */
export function meanSoftmax(windows: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(windows[0]?.length ?? 0);
  for (const logits of windows) softmax(logits).forEach((p, i) => (mean[i]! += p / windows.length));
  return mean;
}

/**
 * A clip's score: the mean of its patches' probabilities.
 * @param logits [patches][classes], row-major, at least one patch
 * @returns one probability a class
 */
export function meanProbabilities(logits: Float32Array, classes: number): Float64Array {
  const patches = Array.from({ length: logits.length / classes }, (_, patch) =>
    logits.subarray(patch * classes, (patch + 1) * classes),
  );
  return meanSoftmax(patches);
}
