import { CurlewError } from '../../main/contract/error.ts';
import type { Standardization } from '../experts/expert.ts';
import { hex, sha256 } from '../packing/sha256.ts';

export interface TrainingData {
  /** [samples][size], row-major */
  readonly embeddings: Float32Array;
  readonly size: number;
  /** class of each sample, an index into `classes` */
  readonly labels: Int32Array;
  /** source of each sample: samples of one source never lie on both sides of the validation split */
  readonly groups: readonly string[];
  readonly classes: readonly string[];
  /**
   * Sources that the encoder's weights were fitted to: where a class has others, these validate, so that what stops
   * training and sets temperatures and scales was heard by nothing before it.
   */
  readonly heard?: readonly string[];
  /** where some samples are mixed of two (mixup, between-class mixing) */
  readonly mixed?: {
    /** [samples][classes]: every sample's share of each class, summing to 1 */
    readonly targets: Float32Array;
    /** source of what is mixed in; null for a sample that is not mixed: only such a one validates */
    readonly seconds: readonly (string | null)[];
  };
}

/** @throws CurlewError TRAINING_FAILED saying what is wrong with the data */
export function checkData({ embeddings, size, labels, groups, classes, mixed }: TrainingData): void {
  const fail = (problem: string) => {
    throw new CurlewError('TRAINING_FAILED', `The training data cannot be used: ${problem}.`);
  };
  if (labels.length === 0) fail('there are no samples');
  if (embeddings.length !== labels.length * size) fail('embeddings and labels differ in number');
  if (groups.length !== labels.length) fail('labels and groups differ in number');
  if (!embeddings.every(Number.isFinite)) fail('an embedding holds a number that is not finite');
  classes.forEach((name, i) => {
    if (!labels.includes(i)) fail(`no sample is of the class ${name}`);
  });
  if (labels.some((label) => label < 0 || label >= classes.length)) fail('a label is not among the classes');
  if (!mixed) return;
  if (mixed.targets.length !== labels.length * classes.length || mixed.seconds.length !== labels.length) {
    fail('labels and mixed targets differ in number');
  }
  if (!mixed.targets.every((share) => share >= 0 && share <= 1)) fail('a target is not between 0 and 1');
}

/** SHA-256, in hex, of the data and whatever else a training depends on. */
export function fingerprintOf(
  { embeddings, labels, mixed, ...rest }: TrainingData,
  more: object,
  arrays: readonly Float32Array[] = [],
): string {
  const all = [embeddings, labels, ...(mixed ? [mixed.targets] : []), ...arrays];
  const hashes = all.map(({ buffer, byteOffset, byteLength }) =>
    hex(sha256(new Uint8Array(buffer, byteOffset, byteLength))),
  );
  const text = JSON.stringify([rest, mixed?.seconds ?? null, more, hashes]);
  return hex(sha256(new TextEncoder().encode(text)));
}

/** e' = (e − mean) / deviation over the training samples; a number that never varies is left at zero. */
export function standardize({ embeddings, size }: TrainingData, rows: readonly number[]): Standardization {
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  for (const row of rows) {
    for (let i = 0; i < size; i++) mean[i]! += embeddings[row * size + i]! / rows.length;
  }
  for (const row of rows) {
    for (let i = 0; i < size; i++) square[i]! += (embeddings[row * size + i]! - mean[i]!) ** 2 / rows.length;
  }
  return {
    offset: Float32Array.from(mean),
    scale: Float32Array.from(square, (variance) => (variance > 1e-12 ? 1 / Math.sqrt(variance) : 0)),
  };
}

export function applied(
  { embeddings, size }: Pick<TrainingData, 'embeddings' | 'size'>,
  { offset, scale }: Standardization,
): Float32Array {
  return embeddings.map((value, i) => (value - offset[i % size]!) * scale[i % size]!);
}

/** samples / (classes · samples of the class): every class weighs the same in the loss. */
export function classWeights({ labels, classes }: TrainingData, rows: readonly number[]): Float32Array {
  const counts = new Float32Array(classes.length);
  for (const row of rows) counts[labels[row]!]!++;
  return counts.map((count) => rows.length / (classes.length * Math.max(1, count)));
}
