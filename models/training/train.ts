import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import type {
  LatentExpert,
  LatentLayer,
  LinearLayer,
  Precision,
  Standardization,
  TrainedPrecision,
} from '../experts/expert.ts';
import type { Calibration } from '../quantizers/ptq.ts';
import { calibrate } from './calibrate.ts';
import {
  complete,
  Course,
  type CourseOptions,
  type EpochReport,
  type Learner,
  type Outcome,
  type Split,
} from './course.ts';
import { applied, checkData, classWeights, fingerprintOf, standardize, type TrainingData } from './data.ts';
import { newLayers, throughLayers, type Layer } from './layers.ts';
import { CrossEntropy } from './loss.ts';
import { Random } from './random.ts';
import { crossFitOf, withoutPart } from './cross-fit.ts';
import { splitOf } from './split.ts';
import { inChunks, rowsOf } from './variables.ts';

export type { EpochReport, TrainingData };

export interface TrainingOptions extends CourseOptions {
  readonly name: string;
  readonly version: number;
  readonly seed: number;
  /** widths of the hidden layers */
  readonly hidden: readonly number[];
  /** 32: the float reference; `static8`: the float reference, calibrated for quantization after its training */
  readonly precision: Precision | 32;
  /** for `static8` */
  readonly calibration: Calibration;
  readonly dropout: number;
  readonly labelSmoothing: number;
  /** share of each class's sources that validate */
  readonly validationShare: number;
}

/** The published recipe's values. */
export const defaultTraining: Omit<TrainingOptions, 'name' | 'version'> = {
  seed: 1,
  hidden: [640, 320],
  precision: 4,
  calibration: 'mse',
  dropout: 0.195,
  learningRate: 5.79e-4,
  weightDecay: 5.13e-3,
  labelSmoothing: 0.1085,
  batch: 64,
  epochs: 100,
  patience: 15,
  validationShare: 0.2,
};

export interface TrainedExpert {
  /** `quantizeExpert` with the options' precision makes what a board runs of it */
  readonly expert: LatentExpert;
  /** of the epoch whose weights were kept: the lowest validation loss */
  readonly best: EpochReport;
  readonly epochs: number;
  /** the loss curves: every epoch's */
  readonly reports: readonly EpochReport[];
}

/**
 * A course that trains an expert with its quantization in the loop, on arrays alone: no files, no clock. The same
 * data, options and seed give the same expert on the same machine, to the bit, interrupted or not.
 * @param checkpoint of an earlier course of the same data and options, to go on from
 * @param without the part of the training sources that it does not hear (cross-fit.ts); null: it hears them all
 * @throws CurlewError TRAINING_FAILED if the data cannot be learned from, or the checkpoint cannot be taken up
 */
export async function expertCourse(
  data: TrainingData,
  options: TrainingOptions,
  checkpoint: Uint8Array | null = null,
  without: number | null = null,
): Promise<Course<TrainedExpert>> {
  checkData(data);
  const split = expertSplit(data, options, without);
  await tf.setBackend('wasm');
  const random = new Random(options.seed);
  const learner = new ExpertLearner(data, options, split, random);
  const fingerprint = fingerprintOf(data, without === null ? options : [options, without]);
  return new Course(learner, options, split, random, fingerprint, checkpoint);
}

/** What an expert's weights are fitted to and what stops it. @param without as of `expertCourse` */
export function expertSplit(
  data: TrainingData,
  options: Pick<TrainingOptions, 'validationShare' | 'seed'>,
  without: number | null,
): Split {
  const split = splitOf(data, options);
  return without === null ? split : withoutPart(data, split, crossFitOf(data, split, options.seed), without);
}

/** As `expertCourse`, to its end. @throws CurlewError as `expertCourse`, as `complete` */
export async function trainExpert(
  data: TrainingData,
  options: TrainingOptions,
  hooks: Parameters<typeof complete>[1] = {},
): Promise<TrainedExpert> {
  return complete(await expertCourse(data, options), hooks);
}

class ExpertLearner implements Learner<TrainedExpert> {
  readonly parameters: readonly tf.Variable[];
  readonly #layers: readonly Layer[];
  readonly #standardization: Standardization;
  readonly #features: Float32Array;
  readonly #loss: CrossEntropy;

  constructor(
    private readonly data: TrainingData,
    private readonly options: TrainingOptions,
    private readonly split: Split,
    random: Random,
  ) {
    this.#standardization = standardize(data, split.training);
    this.#features = applied(data, this.#standardization);
    this.#loss = new CrossEntropy(data, classWeights(data, split.training), options.labelSmoothing);
    const shape = { size: data.size, hidden: options.hidden, outputs: data.classes.length };
    this.#layers = newLayers(shape, trainedAs(options.precision), random);
    this.parameters = this.#layers.flatMap((layer) => layer.parameters);
  }

  learn(rows: readonly number[], random: Random) {
    const input = rowsOf(this.#features, this.data.size, rows);
    const { output, backward } = throughLayers(this.#layers, input, { random, rate: this.options.dropout });
    const { value, gradient } = this.#loss.of(output, rows);
    return { loss: value, gradients: backward(gradient) };
  }

  measure(rows: readonly number[]) {
    const logits = inChunks(rows, (chunk) => {
      const input = rowsOf(this.#features, this.data.size, chunk);
      return throughLayers(this.#layers, input, null).output;
    });
    const predicted = tf.argMax(logits, 1).dataSync();
    const right = rows.filter((row, i) => predicted[i] === this.data.labels[row]).length;
    return {
      validationLoss: this.#loss.of(logits, rows).value.dataSync()[0]!,
      validationAccuracy: right / rows.length,
    };
  }

  result({ kept, best, reports }: Outcome): TrainedExpert {
    const { name, version, hidden, precision, calibration } = this.options;
    const widths = [this.data.size, ...hidden, this.data.classes.length];
    const about = { name, version, labels: this.data.classes, standardization: this.#standardization };
    const expert = { ...about, layers: layersOf(kept, widths, trainedAs(precision)) };
    return {
      expert:
        precision === 'static8' ? calibrate(expert, this.data, this.split.training, calibration) : expert,
      best,
      epochs: reports.length,
      reports,
    };
  }
}

/** What is in the loop while training: post-training quantization starts from the float reference. */
function trainedAs(precision: Precision | 32): TrainedPrecision | 32 {
  return precision === 'static8' ? 32 : precision;
}

/** @param parameters of all layers: four of a hidden one, two of the last */
export function layersOf(
  parameters: readonly Float32Array[],
  widths: readonly number[],
  precision: TrainedPrecision | 32,
): (LatentLayer | LinearLayer)[] {
  return widths.slice(1).map((outputs, i) => {
    const inputs = widths[i]!;
    const [weights, bias, gain, normBias] = parameters.slice(4 * i, 4 * i + 4);
    const shape = { inputs, outputs, bias: bias!, weights: weights! };
    return gain && normBias
      ? { kind: precision === 32 ? 'linear' : 'latent', ...shape, norm: { gain, bias: normBias } }
      : { kind: 'linear', ...shape, norm: null };
  });
}
