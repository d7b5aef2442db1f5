/**
 * Mixed samples with mixed labels: H. Zhang, M. Cisse, Y. N. Dauphin, D. Lopez-Paz: "mixup: Beyond Empirical Risk
 * Minimization", ICLR 2018.
 */
import type { Random } from '../training/random.ts';
import { beta } from './draws.ts';

/** λ · first + (1 − λ) · second, for features as for labels. @throws RangeError if they differ in length */
export function mixed(first: Float32Array, second: Float32Array, ratio: number): Float32Array {
  if (first.length !== second.length) {
    throw new RangeError(`${first.length} and ${second.length} numbers cannot be mixed`);
  }
  return first.map((value, i) => ratio * value + (1 - ratio) * second[i]!);
}

/** The distribution over classes of two clips mixed at a ratio: `ratio` for the first's class, the rest for the second's. */
export function mixLabels(first: number, second: number, ratio: number, classes: number): Float32Array {
  const distribution = new Float32Array(classes);
  distribution[first]! += ratio;
  distribution[second]! += 1 - ratio;
  return distribution;
}

export interface MixedBatch {
  /** [rows][size], row-major */
  readonly features: Float32Array;
  /** [rows][classes]; each row sums to 1 */
  readonly targets: Float32Array;
  /** what each row was mixed with */
  readonly partners: readonly number[];
}

/**
 * Mixes each row of a batch with one drawn from the same batch, at a ratio of its own drawn from Beta(alpha, alpha).
 * @param features [rows][size], row-major
 * @param labels class of each row
 * @param alpha above 0; 0.2 mixes little, 1 evenly
 * @throws RangeError if features and labels do not fit each other, or alpha is not above 0
 */
export function mixup(
  features: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  alpha: number,
  random: Random,
): MixedBatch {
  const rows = labels.length;
  const size = rows === 0 ? 0 : features.length / rows;
  if (!Number.isInteger(size) || (rows === 0 && features.length > 0)) {
    throw new RangeError(`${features.length} numbers are no ${rows} rows`);
  }
  const partners = random.shuffle(Array.from({ length: rows }, (_, row) => row));
  const row = (i: number) => features.subarray(i * size, (i + 1) * size);
  const mixedFeatures = new Float32Array(features.length);
  const targets = new Float32Array(rows * classes);
  partners.forEach((partner, i) => {
    const ratio = beta(random, alpha, alpha);
    mixedFeatures.set(mixed(row(i), row(partner), ratio), i * size);
    targets.set(mixLabels(labels[i]!, labels[partner]!, ratio, classes), i * classes);
  });
  return { features: mixedFeatures, targets, partners };
}
