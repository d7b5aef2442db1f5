import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import type { Expert, IntegerLayer, LinearLayer } from '../experts/expert.ts';
import { applied, type TrainingData } from './data.ts';
import { normalise, product } from './layers.ts';
import { quantizedActivations, staticActivations } from './rounding.ts';
import { inChunks, rowsOf } from './variables.ts';

/**
 * An expert's logits for many embeddings at once, in binary32 but not in a board's order of operations: they differ
 * from a board's by rounding alone.
 * @param embeddings [samples][size]
 * @returns [samples][classes]
 */
export async function expertLogits(
  expert: Expert,
  { embeddings, size }: Pick<TrainingData, 'embeddings' | 'size'>,
): Promise<Float32Array> {
  await tf.setBackend('wasm');
  return tf.tidy(() => {
    const layers = expert.layers.map((layer) => ({ layer, weights: weightsOf(layer) }));
    const features = applied({ embeddings, size }, expert.standardization);
    const rows = Array.from({ length: embeddings.length / size }, (_, row) => row);
    const logits = inChunks(rows, (chunk) =>
      layers.reduce(
        (value, { layer, weights }) => apply(layer, weights, value),
        rowsOf(features, size, chunk),
      ),
    );
    return logits.dataSync().slice() as Float32Array;
  });
}

/** One layer with what follows it, without dropout. */
export function applyLayer(layer: IntegerLayer | LinearLayer, input: tf.Tensor2D): tf.Tensor2D {
  return apply(layer, weightsOf(layer), input);
}

function apply(layer: IntegerLayer | LinearLayer, weights: tf.Tensor2D, input: tf.Tensor2D): tf.Tensor2D {
  const sums: tf.Tensor2D = tf.add(product(entering(layer, input), weights), layer.bias);
  const { norm } = layer;
  if (norm) return tf.relu(tf.add(tf.mul(normalise(sums).output, norm.gain), norm.bias));
  return layer.relu ? tf.relu(sums) : sums;
}

function entering(layer: IntegerLayer | LinearLayer, input: tf.Tensor2D): tf.Tensor2D {
  switch (layer.kind) {
    case 'linear':
      return input;
    case 'static':
      return staticActivations(input, layer.activationScale);
    case 'bitlinear':
      return quantizedActivations(normalise(input).output, layer.weightBits);
    case 'ternary':
      return quantizedActivations(
        normalise(input).output,
        layer.activationBits === 2 ? 'ternary-activations' : 'ternary',
      );
  }
}

/** What the codes are worth, [outputs][inputs]. */
function weightsOf(layer: IntegerLayer | LinearLayer): tf.Tensor2D {
  const { inputs, outputs } = layer;
  const values =
    layer.kind === 'linear'
      ? layer.weights
      : Float32Array.from(
          layer.codes,
          (code, i) => code * layer.scales[layer.scales.length === 1 ? 0 : Math.floor(i / inputs)]!,
        );
  return tf.tensor2d(values, [outputs, inputs]);
}
