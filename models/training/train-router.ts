import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import {
  precisionOf,
  type Expert,
  type LatentExpert,
  type Standardization,
  type TrainedPrecision,
} from '../experts/expert.ts';
import { quantizeExpert } from '../experts/quantize.ts';
import { usableScale } from '../quantizers/bitlinear.ts';
import { precisionPrior } from '../router/prior.ts';
import { route } from '../router/route.ts';
import type { Routing, UnboundRouter } from '../router/router.ts';
import { complete, Course, type CourseOptions, type Learner, type Outcome, type Split } from './course.ts';
import { applied, checkData, classWeights, fingerprintOf, standardize, type TrainingData } from './data.ts';
import { newLayers, throughLayers, type Layer } from './layers.ts';
import { CrossEntropy } from './loss.ts';
import { Random } from './random.ts';
import { splitOf } from './split.ts';
import { layersOf, type TrainedExpert } from './train.ts';
import { inChunks, rowsOf } from './variables.ts';

export interface RouterOptions extends CourseOptions {
  readonly name: string;
  readonly version: number;
  /** of training and, as 32 bits, of the router's dropout on a board */
  readonly seed: number;
  readonly hidden: readonly number[];
  /** of the router's own layers; 32: float */
  readonly precision: TrainedPrecision | 32;
  /** in training and in the Monte-Carlo passes alike */
  readonly dropout: number;
  readonly labelSmoothing: number;
  /** weight of the load-balancing loss */
  readonly loadBalancing: number;
  readonly validationShare: number;
  readonly alpha: number;
  readonly passes: number;
  readonly topK: number;
  /** the quantile of curiosity over validation samples that counts as 1 */
  readonly curiosityQuantile: number;
}

/** The published recipe's values where it has one; the router itself is an 8-bit BitLinear MLP. */
export const defaultRouterTraining: Omit<RouterOptions, 'name' | 'version'> = {
  seed: 1,
  hidden: [128, 64],
  precision: 8,
  dropout: 0.195,
  learningRate: 1e-3,
  weightDecay: 0,
  labelSmoothing: 0,
  loadBalancing: 1e-3,
  batch: 64,
  epochs: 100,
  patience: 30,
  validationShare: 0.2,
  alpha: 0.3,
  passes: 10,
  topK: 1,
  curiosityQuantile: 0.95,
};

/** `expert` is the router's network, its labels the experts' names; accuracy and loss are the mixture's. */
export interface TrainedRouter extends TrainedExpert {
  readonly prior: Float32Array;
  readonly routing: Routing;
}

/** What routes and, with its experts' hashes, becomes an image. */
export function routerOf(
  { expert, prior, routing }: TrainedRouter,
  precision: TrainedPrecision | 32,
): UnboundRouter {
  return { ...quantizeExpert(expert, precision), prior, routing };
}

/** What a router learns from. */
export interface Bank {
  /** quantized, in the router's order */
  readonly experts: readonly Expert[];
  /**
   * [expert][samples · classes] what they say of each sample, best as experts say it that have not heard it
   * (`heldOutLogits`): those trained with the same `validationShare` and seed; NaN of a sample that is left out
   */
  readonly logits: readonly Float32Array[];
}

/**
 * A course that trains a router over frozen experts: the mixture's logits are Σ gate · expert's logits, its loss
 * their cross-entropy plus loadBalancing · Σ (mean gate of the batch)², which is least where all gates are equal.
 * @param checkpoint of an earlier course of the same data, experts and options, to go on from
 * @throws CurlewError as `expertCourse`
 */
export async function routerCourse(
  data: TrainingData,
  { experts, logits }: Bank,
  options: RouterOptions,
  checkpoint: Uint8Array | null = null,
): Promise<Course<TrainedRouter>> {
  checkData(data);
  await tf.setBackend('wasm');
  const split = spokenOf(splitOf(data, options), logits, data.classes.length);
  const random = new Random(options.seed);
  const learner = new RouterLearner(data, { experts, logits }, options, split, random);
  const fingerprint = fingerprintOf(data, [options, experts.map(({ name }) => name)], logits);
  return new Course(learner, options, split, random, fingerprint, checkpoint);
}

/** As `routerCourse`, to its end. @throws CurlewError as `routerCourse`, as `complete` */
export async function trainRouter(
  data: TrainingData,
  bank: Bank,
  options: RouterOptions,
  hooks: Parameters<typeof complete>[1] = {},
): Promise<TrainedRouter> {
  return complete(await routerCourse(data, bank, options), hooks);
}

/** The samples that every expert speaks of. */
function spokenOf(split: Split, logits: readonly Float32Array[], classes: number): Split {
  const spoken = (row: number) => logits.every((own) => !Number.isNaN(own[row * classes]!));
  return { training: split.training.filter(spoken), validation: split.validation.filter(spoken) };
}

/** Samples whose curiosity is looked at for its quantile. */
const curiositySamples = 1000;

class RouterLearner implements Learner<TrainedRouter> {
  readonly parameters: readonly tf.Variable[];
  readonly #layers: readonly Layer[];
  readonly #standardization: Standardization;
  readonly #features: Float32Array;
  /** [samples][experts · classes] */
  readonly #expertLogits: Float32Array;
  readonly #loss: CrossEntropy;

  constructor(
    private readonly data: TrainingData,
    private readonly bank: Bank,
    private readonly options: RouterOptions,
    private readonly split: Split,
    random: Random,
  ) {
    this.#standardization = standardize(data, split.training);
    this.#features = applied(data, this.#standardization);
    this.#expertLogits = sideBySide(bank.logits, data.classes.length);
    this.#loss = new CrossEntropy(data, classWeights(data, split.training), options.labelSmoothing);
    const shape = { size: data.size, hidden: options.hidden, outputs: bank.experts.length };
    this.#layers = newLayers(shape, options.precision, random);
    this.parameters = this.#layers.flatMap((layer) => layer.parameters);
  }

  learn(rows: readonly number[], random: Random) {
    const { dropout, loadBalancing } = this.options;
    const input = rowsOf(this.#features, this.data.size, rows);
    const { output, backward } = throughLayers(this.#layers, input, { random, rate: dropout });
    const gates = tf.softmax(output);
    const logits = this.#logitsOf(rows);
    const loss = this.#loss.of(mixed(gates, logits), rows);
    // Σ (mean gate)² has the slope 2 · mean gate / samples for every sample's gate.
    const mean = tf.mean(gates, 0, true);
    const balance = tf.mul(tf.sum(tf.mul(mean, mean)), loadBalancing);
    const ofMixture = tf.sum(tf.mul(logits, tf.expandDims(loss.gradient, 1)), 2);
    const dGates = tf.add(ofMixture, tf.mul(mean, (2 * loadBalancing) / rows.length));
    const along = tf.sum(tf.mul(dGates, gates), 1, true);
    const dOutput = tf.mul(gates, tf.sub(dGates, along)) as tf.Tensor2D;
    return { loss: tf.add(loss.value, balance) as tf.Scalar, gradients: backward(dOutput) };
  }

  measure(rows: readonly number[]) {
    const logits = inChunks(rows, (chunk) => {
      const input = rowsOf(this.#features, this.data.size, chunk);
      return mixed(tf.softmax(throughLayers(this.#layers, input, null).output), this.#logitsOf(chunk));
    });
    const predicted = tf.argMax(logits, 1).dataSync();
    const right = rows.filter((row, i) => predicted[i] === this.data.labels[row]).length;
    return {
      validationLoss: this.#loss.of(logits, rows).value.dataSync()[0]!,
      validationAccuracy: right / rows.length,
    };
  }

  result({ kept, best, reports }: Outcome): TrainedRouter {
    const { name, version, hidden, precision } = this.options;
    const { experts } = this.bank;
    const layers = layersOf(kept, [this.data.size, ...hidden, experts.length], precision);
    const expert: LatentExpert = {
      name,
      version,
      labels: experts.map((one) => one.name),
      standardization: this.#standardization,
      layers: layers.map((layer) => (layer.norm ? { ...layer, dropout: true } : layer)),
    };
    const prior = precisionPrior(experts.map(precisionOf));
    const routing = this.#routing({ ...quantizeExpert(expert, precision), prior });
    return { expert, prior, routing, best, epochs: reports.length, reports };
  }

  /** With the curiosity scale that validation gives. */
  #routing(network: Omit<UnboundRouter, 'routing'>): Routing {
    const { alpha, dropout, seed, passes, topK, curiosityQuantile } = this.options;
    const uncalibrated = {
      alpha: Math.fround(alpha),
      curiosityScale: 1,
      dropout: Math.fround(dropout),
      seed: seed >>> 0,
      passes,
      topK,
    };
    const router = { ...network, routing: uncalibrated };
    const { validation } = this.split;
    const count = Math.min(curiositySamples, validation.length);
    const { embeddings, size } = this.data;
    const curiosities = Float64Array.from({ length: count }, (_, i) => {
      const row = validation[Math.floor((i * validation.length) / count)]!;
      return route(router, embeddings.subarray(row * size, (row + 1) * size), i).curiosity;
    }).sort();
    const quantile = curiosities[Math.max(0, Math.ceil(curiosityQuantile * count) - 1)]!;
    return { ...uncalibrated, curiosityScale: usableScale(quantile) };
  }

  #logitsOf(rows: readonly number[]): tf.Tensor3D {
    const [experts, classes] = [this.bank.experts.length, this.data.classes.length];
    return tf.reshape(rowsOf(this.#expertLogits, experts * classes, rows), [rows.length, experts, classes]);
  }
}

/** Σ gate · logits. @param logits [samples][experts][classes] */
function mixed(gates: tf.Tensor2D, logits: tf.Tensor3D): tf.Tensor2D {
  return tf.sum(tf.mul(tf.expandDims(gates, 2), logits), 1);
}

/** Every expert's [samples][classes] as [samples][experts · classes]. */
function sideBySide(logits: readonly Float32Array[], classes: number): Float32Array {
  const width = logits.length * classes;
  const all = new Float32Array((logits[0]!.length / classes) * width);
  logits.forEach((ofExpert, e) => {
    for (let at = 0; at < ofExpert.length; at += classes) {
      all.set(ofExpert.subarray(at, at + classes), (at / classes) * width + e * classes);
    }
  });
  return all;
}
