/** The quantizers of models/quantizers in tensors; weights are [outputs][inputs], samples are rows. */
import * as tf from '@tensorflow/tfjs-core';
import type { TrainedPrecision } from '../experts/expert.ts';
import { largestActivation, largestCode } from '../quantizers/bitlinear.ts';
import { defaultThreshold } from '../quantizers/ternary.ts';

/** Keeps a division by a scale of zero finite. */
const smallestScale = 1e-12;

/**
 * Weights as their codes are worth, for the forward pass. 16 bits are not rounded: the steps are finer than what
 * training moves weights by.
 */
export function quantizedWeights(weights: tf.Tensor2D, precision: TrainedPrecision): tf.Tensor2D {
  if (precision === 'ternary-absmean') return absmean(weights);
  const centred = tf.sub(weights, tf.mean(weights)) as tf.Tensor2D;
  if (precision === 16) return centred;
  if (precision === 'ternary' || precision === 'ternary-activations') return ternary(centred);
  const magnitude = tf.abs(centred);
  if (precision === 1) return tf.mul(signs(centred), tf.mean(magnitude));
  const scale = tf.maximum(tf.div(tf.max(magnitude), largestCode(precision)), smallestScale);
  return tf.mul(tf.round(tf.div(centred, scale)), scale);
}

function ternary(centred: tf.Tensor2D): tf.Tensor2D {
  const border = tf.mul(tf.mean(tf.abs(centred)), defaultThreshold);
  const above = tf.step(tf.sub(centred, border));
  const below = tf.step(tf.sub(tf.neg(centred), border));
  const codes = tf.sub(above, below) as tf.Tensor2D;
  const sums = tf.sum(tf.mul(codes, centred), 1, true);
  const counts = tf.sum(tf.square(codes), 1, true);
  return tf.mul(codes, tf.div(sums, tf.maximum(counts, 1)));
}

function absmean(weights: tf.Tensor2D): tf.Tensor2D {
  const scale = tf.maximum(tf.mean(tf.abs(weights)), smallestScale);
  return tf.mul(tf.clipByValue(tf.round(tf.div(weights, scale)), -1, 1), scale);
}

/** −1, or 1 for zero and above. tf.step is ten times faster on WebAssembly than a comparison. */
function signs(values: tf.Tensor): tf.Tensor {
  return tf.sub(1, tf.mul(tf.step(tf.neg(values)), 2));
}

/** LayerNorm-ed activations as their codes are worth: int8 by each row's absmax, or ternary by its absmean. */
export function quantizedActivations(x: tf.Tensor2D, precision: TrainedPrecision): tf.Tensor2D {
  const magnitude = tf.abs(x);
  if (precision === 'ternary-activations') {
    const scale = tf.maximum(tf.mean(magnitude, 1, true), smallestScale);
    return tf.mul(tf.clipByValue(tf.round(tf.div(x, scale)), -1, 1), scale);
  }
  const scale = tf.maximum(tf.div(tf.max(magnitude, 1, true), largestActivation), smallestScale);
  return tf.mul(tf.round(tf.div(x, scale)), scale);
}

/** Activations of a static layer as their codes are worth. */
export function staticActivations(x: tf.Tensor2D, scale: number): tf.Tensor2D {
  const codes = tf.clipByValue(tf.round(tf.div(x, scale)), -largestActivation, largestActivation);
  return tf.mul(codes, scale);
}
