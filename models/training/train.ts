import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { CurlewError } from '../../main/contract/error.ts';
import type { LatentExpert, LatentLayer, LinearLayer, Standardization } from '../experts/expert.ts';
import { AdamW } from './adamw.ts';
import { HiddenLayer, OutputLayer, type Layer } from './layers.ts';
import { Random } from './random.ts';
import { groupedSplit } from './split.ts';

export interface TrainingData {
  /** [samples][size], row-major */
  readonly embeddings: Float32Array;
  readonly size: number;
  /** class of each sample, an index into `classes` */
  readonly labels: Int32Array;
  /** source of each sample: samples of one source never lie on both sides of the validation split */
  readonly groups: readonly string[];
  readonly classes: readonly string[];
}

export interface TrainingOptions {
  readonly name: string;
  readonly version: number;
  readonly seed: number;
  readonly hidden: readonly number[];
  readonly weightBits: 4;
  readonly dropout: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly batch: number;
  readonly epochs: number;
  /** epochs without a lower validation loss before training ends */
  readonly patience: number;
  /** share of each class's sources that validate */
  readonly validationShare: number;
}

/** The published recipe's values. */
export const defaultTraining: Omit<TrainingOptions, 'name' | 'version'> = {
  seed: 1,
  hidden: [640, 320],
  weightBits: 4,
  dropout: 0.195,
  learningRate: 5.79e-4,
  weightDecay: 5.13e-3,
  labelSmoothing: 0.1085,
  batch: 64,
  epochs: 100,
  patience: 15,
  validationShare: 0.2,
};

export interface EpochReport {
  /** counted from 1 */
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

export interface TrainedExpert {
  readonly expert: LatentExpert;
  /** of the epoch whose weights were kept: the lowest validation loss */
  readonly best: EpochReport;
  readonly epochs: number;
}

/**
 * Trains a 4-bit expert with quantization in the loop, on arrays alone: no files, no clock.
 * The same data, options and seed give the same expert on the same machine.
 * @throws CurlewError TRAINING_FAILED if the data cannot be learned from; ABORTED through `signal`
 */
export async function trainExpert(
  data: TrainingData,
  options: TrainingOptions,
  { onProgress, signal }: { onProgress?: (report: EpochReport) => void; signal?: AbortSignal } = {},
): Promise<TrainedExpert> {
  check(data);
  await tf.setBackend('wasm');
  const random = new Random(options.seed);
  const { training, validation } = groupedSplit(data.labels, data.groups, options.validationShare, random);
  if (validation.length === 0) {
    throw new CurlewError(
      'TRAINING_FAILED',
      'No class has two source recordings, so nothing can be set aside for validation; add recordings.',
    );
  }
  const standardization = standardize(data, training);
  const features = applied(data, standardization);
  const weights = classWeights(data, training);
  const layers = newLayers(data, options, random);
  const parameters = layers.flatMap((layer) => layer.parameters);
  const optimizer = new AdamW(parameters, options.learningRate, options.weightDecay);
  const batches = new Batches(data, features, weights, options.labelSmoothing);

  let best: EpochReport | null = null;
  let kept: Float32Array[][] = [];
  let epoch = 0;
  try {
    while (epoch < options.epochs && (best === null || epoch - best.epoch < options.patience)) {
      epoch++;
      random.shuffle(training);
      let loss = 0;
      for (let start = 0; start < training.length; start += options.batch) {
        if (signal?.aborted) throw new CurlewError('ABORTED', 'The training was cancelled.');
        const rows = training.slice(start, start + options.batch);
        loss +=
          (batches.step(layers, rows, optimizer, random, options.dropout) * rows.length) / training.length;
        // Lets a pending message, such as a cancel, through.
        await new Promise((resolve) => setTimeout(resolve));
      }
      const report = { epoch, trainingLoss: loss, ...batches.evaluate(layers, validation) };
      if (!Number.isFinite(report.validationLoss)) {
        throw new CurlewError('TRAINING_FAILED', `The loss is no longer a number after epoch ${epoch}.`);
      }
      if (best === null || report.validationLoss < best.validationLoss) {
        best = report;
        kept = layers.map((layer) => layer.parameters.map((p) => p.dataSync().slice() as Float32Array));
      }
      onProgress?.(report);
    }
  } finally {
    optimizer.dispose();
    tf.dispose(parameters);
  }
  return { expert: assemble(data, options, standardization, kept), best: best!, epochs: epoch };
}

function check({ embeddings, size, labels, groups, classes }: TrainingData): void {
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
}

/** e' = (e − mean) / deviation over the training samples; a number that never varies is left at zero. */
function standardize({ embeddings, size }: TrainingData, rows: readonly number[]): Standardization {
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

function applied({ embeddings, size }: TrainingData, { offset, scale }: Standardization): Float32Array {
  return embeddings.map((value, i) => (value - offset[i % size]!) * scale[i % size]!);
}

/** samples / (classes · samples of the class): every class weighs the same in the loss. */
function classWeights({ labels, classes }: TrainingData, rows: readonly number[]): Float32Array {
  const counts = new Float32Array(classes.length);
  for (const row of rows) counts[labels[row]!]!++;
  return counts.map((count) => rows.length / (classes.length * Math.max(1, count)));
}

/** Weights uniform in ±sqrt(1 / inputs). */
function newLayers(data: TrainingData, options: TrainingOptions, random: Random): Layer[] {
  const widths = [data.size, ...options.hidden];
  const matrix = (inputs: number, outputs: number) =>
    tf.tensor2d(random.spread(inputs * outputs, Math.sqrt(1 / inputs)), [inputs, outputs]);
  const hidden = options.hidden.map(
    (outputs, i) => new HiddenLayer(matrix(widths[i]!, outputs), options.weightBits),
  );
  return [...hidden, new OutputLayer(matrix(widths.at(-1)!, data.classes.length))];
}

/** One batch at a time: gathers rows, runs the layers, takes a step or measures. */
class Batches {
  constructor(
    private readonly data: TrainingData,
    private readonly features: Float32Array,
    private readonly weights: Float32Array,
    private readonly smoothing: number,
  ) {}

  /** @returns the batch's loss before the step */
  step(
    layers: readonly Layer[],
    rows: readonly number[],
    optimizer: AdamW,
    random: Random,
    dropout: number,
  ): number {
    return tf.tidy(() => {
      let value = this.#inputs(rows);
      const passes = layers.map((layer, i) => {
        const width = layer.parameters[0]!.shape[1]!;
        const last = i === layers.length - 1;
        const mask = last
          ? null
          : tf.tensor2d(random.dropout(rows.length * width, dropout), [rows.length, width]);
        const pass = layer.forward(value, mask);
        value = pass.output;
        return pass;
      });
      const { loss, gradient } = this.#loss(value, rows);
      const gradients: tf.Tensor[][] = [];
      let upstream: tf.Tensor2D | null = gradient;
      for (let i = passes.length - 1; i >= 0; i--) {
        const result = passes[i]!.backward(upstream!, i > 0);
        gradients.unshift([...result.gradients]);
        upstream = result.input;
      }
      optimizer.apply(gradients.flat());
      return loss.dataSync()[0]!;
    });
  }

  evaluate(
    layers: readonly Layer[],
    rows: readonly number[],
  ): { validationLoss: number; validationAccuracy: number } {
    return tf.tidy(() => {
      let value = this.#inputs(rows);
      for (const layer of layers) value = layer.forward(value, null).output;
      const predicted = tf.argMax(value, 1).dataSync();
      const right = rows.filter((row, i) => predicted[i] === this.data.labels[row]).length;
      return {
        validationLoss: this.#loss(value, rows).loss.dataSync()[0]!,
        validationAccuracy: right / rows.length,
      };
    });
  }

  #inputs(rows: readonly number[]): tf.Tensor2D {
    const { size } = this.data;
    const values = new Float32Array(rows.length * size);
    rows.forEach((row, i) => values.set(this.features.subarray(row * size, (row + 1) * size), i * size));
    return tf.tensor2d(values, [rows.length, size]);
  }

  /**
   * Cross-entropy against smoothed targets (1 − ε) · onehot + ε / classes, weighted by class; the gradient
   * for the logits is weight · (softmax − target) / Σ weights.
   */
  #loss(logits: tf.Tensor2D, rows: readonly number[]): { loss: tf.Scalar; gradient: tf.Tensor2D } {
    const classes = this.data.classes.length;
    const targets = new Float32Array(rows.length * classes).fill(this.smoothing / classes);
    const shares = new Float32Array(rows.length);
    rows.forEach((row, i) => {
      const label = this.data.labels[row]!;
      targets[i * classes + label]! += 1 - this.smoothing;
      shares[i] = this.weights[label]!;
    });
    const total = shares.reduce((sum, share) => sum + share, 0);
    const target = tf.tensor2d(targets, [rows.length, classes]);
    const share = tf.tensor2d(
      shares.map((value) => value / total),
      [rows.length, 1],
    );
    const shifted = tf.sub(logits, tf.max(logits, 1, true));
    const powers = tf.exp(shifted);
    const sums = tf.sum(powers, 1, true);
    const logProbabilities = tf.sub(shifted, tf.log(sums));
    return {
      loss: tf.neg(tf.sum(tf.mul(tf.mul(target, logProbabilities), share))) as tf.Scalar,
      gradient: tf.mul(tf.sub(tf.div(powers, sums), target), share),
    };
  }
}

function assemble(
  data: TrainingData,
  options: TrainingOptions,
  standardization: Standardization,
  parameters: readonly Float32Array[][],
): LatentExpert {
  const widths = [data.size, ...options.hidden, data.classes.length];
  const layers = parameters.map(([weights, bias, gain, normBias], i): LatentLayer | LinearLayer => {
    const [inputs, outputs] = [widths[i]!, widths[i + 1]!];
    const shape = { inputs, outputs, bias: bias!, weights: transposed(weights!, inputs, outputs) };
    return gain && normBias
      ? { kind: 'latent', ...shape, norm: { gain, bias: normBias } }
      : { kind: 'linear', ...shape, norm: null };
  });
  return { name: options.name, version: options.version, labels: data.classes, standardization, layers };
}

/** [inputs][outputs] to the expert's [outputs][inputs]. */
function transposed(matrix: Float32Array, inputs: number, outputs: number): Float32Array {
  return Float32Array.from(matrix, (_, i) => matrix[(i % inputs) * outputs + Math.floor(i / inputs)]!);
}
