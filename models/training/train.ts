import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { CurlewError } from '../../main/contract/error.ts';
import type { LatentExpert, LatentLayer, LinearLayer, Standardization } from '../experts/expert.ts';
import { AdamW } from './adamw.ts';
import { Batches } from './batches.ts';
import { applied, checkData, classWeights, standardize, type TrainingData } from './data.ts';
import { HiddenLayer, OutputLayer, type Layer } from './layers.ts';
import { Random } from './random.ts';
import { groupedSplit } from './split.ts';

export type { TrainingData };

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
  checkData(data);
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
