import * as tf from '@tensorflow/tfjs-core';
import type { TrainedPrecision } from '../experts/expert.ts';
import { layerNormEpsilon } from '../quantizers/bitlinear.ts';
import type { Random } from './random.ts';
import { quantizedActivations, quantizedWeights } from './rounding.ts';
import { variable } from './variables.ts';

/*
 * Layers with their gradients written out. TensorFlow.js registers its own gradients only through a module
 * that plain Node cannot import, and these few formulas also leave out what is never needed: the gradient of
 * the first layer's input. Transposes are explicit: the flags of matMul are four times slower on WebAssembly.
 * Matrices are [inputs][outputs], samples are rows.
 */

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
    const outputs = weights.shape[1];
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
    const leaving = normalise(tf.add(tf.matMul(input, weights), bias));
    const active = tf.relu(tf.add(tf.mul(leaving.output, gain), normBias)) as tf.Tensor2D;
    return {
      output: mask ? tf.mul(active, mask) : active,
      backward: (dy, wanted) => {
        const masked = mask ? tf.mul(dy, mask) : dy;
        const dActive = tf.mul(masked, tf.cast(tf.greater(active, 0), 'float32'));
        const dSum = normaliseGradient(leaving, tf.mul(dActive, gain));
        const gradients = [
          tf.matMul(tf.transpose(input), dSum),
          tf.sum(dSum, 0),
          tf.sum(tf.mul(dActive, leaving.output), 0),
          tf.sum(dActive, 0),
        ];
        const dInput = wanted ? (tf.matMul(dSum, tf.transpose(weights)) as tf.Tensor2D) : null;
        return { gradients, input: dInput && entering ? normaliseGradient(entering, dInput) : dInput };
      },
    };
  }
}

/** The float layer at the end: y = x W + bias. */
export class OutputLayer implements Layer {
  readonly outputs: number;
  readonly parameters: readonly [tf.Variable, tf.Variable];

  constructor(weights: tf.Tensor2D) {
    this.outputs = weights.shape[1];
    this.parameters = [variable(() => weights), variable(() => tf.zeros([this.outputs]))];
  }

  forward(x: tf.Tensor2D): Pass {
    const [weights, bias] = this.parameters;
    return {
      output: tf.add(tf.matMul(x, weights as tf.Tensor2D), bias),
      backward: (dy) => ({
        gradients: [tf.matMul(tf.transpose(x), dy), tf.sum(dy, 0)],
        input: tf.matMul(dy, tf.transpose(weights as tf.Tensor2D)),
      }),
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
    tf.tensor2d(random.spread(from * to, Math.sqrt(1 / from)), [from, to]);
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
