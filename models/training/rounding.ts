/** The quantizers of models/quantizers in tensors; matrices are [inputs][outputs], samples are rows. */
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
  const centred = tf.sub(weights, tf.mean(weights)) as tf.Tensor2D;
  if (precision === 16) return centred;
  if (precision === 'ternary' || precision === 'ternary-activations') return ternary(centred);
  const magnitude = tf.abs(centred);
  if (precision === 1) return tf.mul(signs(centred), tf.mean(magnitude));
  const scale = tf.maximum(tf.div(tf.max(magnitude), largestCode(precision)), smallestScale);
  return tf.mul(tf.round(tf.div(centred, scale)), scale);
}

function ternary(centred: tf.Tensor2D): tf.Tensor2D {
  const magnitude = tf.abs(centred);
  const kept = tf.cast(tf.greater(magnitude, tf.mul(tf.mean(magnitude), defaultThreshold)), 'float32');
  // Sums over each column; as a product with ones they are several times faster than tf.sum(x, 0).
  const ones = tf.ones([1, centred.shape[0]]);
  const sums = tf.matMul(ones, tf.mul(magnitude, kept));
  const counts = tf.maximum(tf.matMul(ones, kept as tf.Tensor2D), 1);
  return tf.mul(tf.mul(signs(centred), kept), tf.div(sums, counts));
}

/** −1, or 1 for zero and above. */
function signs(values: tf.Tensor): tf.Tensor {
  return tf.sub(tf.mul(tf.cast(tf.greaterEqual(values, 0), 'float32'), 2), 1);
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
