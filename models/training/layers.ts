import * as tf from '@tensorflow/tfjs-core';
import type { TrainedPrecision } from '../experts/expert.ts';
import { layerNormEpsilon } from '../quantizers/bitlinear.ts';
import type { Random } from './random.ts';
import { quantizedActivations, quantizedWeights } from './rounding.ts';
import { variable } from './variables.ts';

/*
 * Layers with their gradients written out. TensorFlow.js registers its own gradients only through a module
 * that plain Node cannot import, and these few formulas also leave out what is never needed: the gradient of
 * the first layer's input. Weights are [outputs][inputs] as in an expert, samples are rows.
 *
 * On WebAssembly the transposing flags of matMul are many times slower than tf.transpose, and its right factor is
 * repacked at every change: the weights, which change with every step, stand on the left.
 */

/** x · weightsᵀ */
export function product(x: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor2D {
  return tf.transpose(tf.matMul(weights, tf.transpose(x)));
}

/** The gradients of `product`: for the weights, and for x if `wanted`. */
function productGradients(x: tf.Tensor2D, weights: tf.Tensor2D, dy: tf.Tensor2D, wanted: boolean) {
  const turned = tf.transpose(dy);
  return {
    weights: tf.matMul(turned, x),
    x: wanted ? (tf.transpose(tf.matMul(tf.transpose(weights), turned)) as tf.Tensor2D) : null,
  };
}

export type Parameters = readonly tf.Tensor[];

interface Normalised {
  readonly output: tf.Tensor2D;
  /** sqrt(variance + epsilon) of each row */
  readonly deviation: tf.Tensor;
}

export function normalise(x: tf.Tensor2D): Normalised {
  const centred = tf.sub(x, tf.mean(x, 1, true));
  const deviation = tf.sqrt(tf.add(tf.mean(tf.mul(centred, centred), 1, true), layerNormEpsilon));
  return { output: tf.div(centred, deviation), deviation };
}

/** dx = (dy − mean(dy) − y · mean(dy · y)) / deviation. */
export function normaliseGradient({ output, deviation }: Normalised, dy: tf.Tensor2D): tf.Tensor2D {
  const along = tf.mul(output, tf.mean(tf.mul(dy, output), 1, true));
  return tf.div(tf.sub(tf.sub(dy, tf.mean(dy, 1, true)), along), deviation);
}

export interface Layer {
  readonly outputs: number;
  /** in the order of `gradients` */
  readonly parameters: readonly tf.Variable[];
  /** @param mask dropout factors of the outputs; null outside training */
  forward(x: tf.Tensor2D, mask: tf.Tensor2D | null): Pass;
}

export interface Pass {
  readonly output: tf.Tensor2D;
  /** @returns gradients of the parameters, and of the input if `wanted` */
  backward(dy: tf.Tensor2D, wanted: boolean): { gradients: Parameters; input: tf.Tensor2D | null };
}

/**
 * A linear layer, then LayerNorm with gain and bias, ReLU and dropout. At a precision below float the input passes
 * LayerNorm first, and input and weights are rounded. Rounding is passed straight through: the gradient at the
 * rounded value is taken as the gradient at the latent one (Bengio et al. 2013, arXiv 1308.3432).
 */
export class HiddenLayer implements Layer {
  readonly outputs: number;
  readonly parameters: readonly [tf.Variable, tf.Variable, tf.Variable, tf.Variable];

  constructor(
    weights: tf.Tensor2D,
    private readonly precision: TrainedPrecision | 32,
  ) {
    const outputs = weights.shape[0];
    this.outputs = outputs;
    this.parameters = [
      variable(() => weights),
      variable(() => tf.zeros([outputs])),
      variable(() => tf.ones([outputs])),
      variable(() => tf.zeros([outputs])),
    ];
  }

  forward(x: tf.Tensor2D, mask: tf.Tensor2D | null): Pass {
    const [latent, bias, gain, normBias] = this.parameters;
    const { precision } = this;
    const entering = precision === 32 ? null : normalise(x);
    const input = entering && precision !== 32 ? quantizedActivations(entering.output, precision) : x;
    const weights =
      precision === 32 ? (latent as tf.Tensor2D) : quantizedWeights(latent as tf.Tensor2D, precision);
    const leaving = normalise(tf.add(product(input, weights), bias));
    const active = tf.relu(tf.add(tf.mul(leaving.output, gain), normBias)) as tf.Tensor2D;
    return {
      output: mask ? tf.mul(active, mask) : active,
      backward: (dy, wanted) => {
        const masked = mask ? tf.mul(dy, mask) : dy;
        const dActive = tf.mul(masked, tf.step(active));
        const dSum = normaliseGradient(leaving, tf.mul(dActive, gain));
        const of = productGradients(input, weights, dSum, wanted);
        const gradients = [
          of.weights,
          tf.sum(dSum, 0),
          tf.sum(tf.mul(dActive, leaving.output), 0),
          tf.sum(dActive, 0),
        ];
        return { gradients, input: of.x && entering ? normaliseGradient(entering, of.x) : of.x };
      },
    };
  }
}

/** The float layer at the end: y = x · weightsᵀ + bias. */
export class OutputLayer implements Layer {
  readonly outputs: number;
  readonly parameters: readonly [tf.Variable, tf.Variable];

  constructor(weights: tf.Tensor2D) {
    this.outputs = weights.shape[0];
    this.parameters = [variable(() => weights), variable(() => tf.zeros([this.outputs]))];
  }

  forward(x: tf.Tensor2D): Pass {
    const [variables, bias] = this.parameters;
    const weights = variables as tf.Tensor2D;
    return {
      output: tf.add(product(x, weights), bias),
      backward: (dy, wanted) => {
        const of = productGradients(x, weights, dy, wanted);
        return { gradients: [of.weights, tf.sum(dy, 0)], input: of.x };
      },
    };
  }
}

/** An MLP's layers; weights uniform in ±sqrt(1 / inputs). */
export function newLayers(
  { size, hidden, outputs }: { size: number; hidden: readonly number[]; outputs: number },
  precision: TrainedPrecision | 32,
  random: Random,
): Layer[] {
  const widths = [size, ...hidden];
  const matrix = (from: number, to: number) =>
    tf.tensor2d(random.spread(from * to, Math.sqrt(1 / from)), [to, from]);
  return [
    ...hidden.map((width, i) => new HiddenLayer(matrix(widths[i]!, width), precision)),
    new OutputLayer(matrix(widths.at(-1)!, outputs)),
  ];
}

/** All layers, one after the other. @param dropout of every layer but the last; null outside training */
export function throughLayers(
  layers: readonly Layer[],
  input: tf.Tensor2D,
  dropout: { random: Random; rate: number } | null,
): { output: tf.Tensor2D; backward(dy: tf.Tensor2D): tf.Tensor[] } {
  let value = input;
  const passes = layers.map((layer, i) => {
    const shape: [number, number] = [input.shape[0], layer.outputs];
    const drops = dropout !== null && i < layers.length - 1;
    const mask = drops ? tf.tensor2d(dropout.random.dropout(shape[0] * shape[1], dropout.rate), shape) : null;
    const pass = layer.forward(value, mask);
    value = pass.output;
    return pass;
  });
  return {
    output: value,
    backward: (dy) => {
      const gradients: Parameters[] = [];
      let upstream: tf.Tensor2D | null = dy;
      for (let i = passes.length - 1; i >= 0; i--) {
        const result = passes[i]!.backward(upstream!, i > 0);
        gradients.unshift(result.gradients);
        upstream = result.input;
      }
      return gradients.flat();
    },
  };
}
