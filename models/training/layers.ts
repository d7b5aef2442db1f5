import * as tf from '@tensorflow/tfjs-core';
import { largestActivation, largestCode, layerNormEpsilon } from '../quantizers/bitlinear.ts';

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

/** Values on the grid of symmetric `bits`-bit codes: centred on the mean, absmax over the tensor. */
export function quantizedWeights(weights: tf.Tensor2D, bits: number): tf.Tensor2D {
  const centred = tf.sub(weights, tf.mean(weights));
  const scale = tf.maximum(tf.div(tf.max(tf.abs(centred)), largestCode(bits)), 1e-12);
  return tf.mul(tf.round(tf.div(centred, scale)), scale);
}

/** int8 by each row's absmax. */
export function quantizedActivations(x: tf.Tensor2D): tf.Tensor2D {
  const scale = tf.maximum(tf.div(tf.max(tf.abs(x), 1, true), largestActivation), 1e-12);
  return tf.mul(tf.round(tf.div(x, scale)), scale);
}

/** A variable that leaves no other tensor behind; `weights` given to a layer are thereby the layer's. */
export function variable(initial: () => tf.Tensor): tf.Variable {
  const value = initial();
  const result = tf.variable(value);
  value.dispose();
  return result;
}

export interface Layer {
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
 * BitLinear, then LayerNorm with gain and bias, ReLU and dropout. Rounding is passed straight through: the
 * gradient at the rounded value is taken as the gradient at the latent one.
 */
export class HiddenLayer implements Layer {
  readonly parameters: readonly [tf.Variable, tf.Variable, tf.Variable, tf.Variable];

  constructor(
    weights: tf.Tensor2D,
    private readonly bits: number,
  ) {
    const outputs = weights.shape[1];
    this.parameters = [
      variable(() => weights),
      variable(() => tf.zeros([outputs])),
      variable(() => tf.ones([outputs])),
      variable(() => tf.zeros([outputs])),
    ];
  }

  forward(x: tf.Tensor2D, mask: tf.Tensor2D | null): Pass {
    const [latent, bias, gain, normBias] = this.parameters;
    const entering = normalise(x);
    const input = quantizedActivations(entering.output);
    const weights = quantizedWeights(latent as tf.Tensor2D, this.bits);
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
        return { gradients, input: dInput && normaliseGradient(entering, dInput) };
      },
    };
  }
}

/** The float layer at the end: y = x W + bias. */
export class OutputLayer implements Layer {
  readonly parameters: readonly [tf.Variable, tf.Variable];

  constructor(weights: tf.Tensor2D) {
    this.parameters = [variable(() => weights), variable(() => tf.zeros([weights.shape[1]]))];
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
