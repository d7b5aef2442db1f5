import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, expect, test } from 'vitest';
import { AdamW } from './adamw.ts';
import { HiddenLayer, normalise, normaliseGradient, OutputLayer } from './layers.ts';
import { Random } from './random.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** Holds a gradient against central differences of Σ f(x) · direction. */
function expectGradient(
  f: (x: tf.Tensor2D) => tf.Tensor2D,
  gradient: tf.Tensor,
  at: tf.Tensor2D,
  direction: tf.Tensor2D,
) {
  const values = at.dataSync();
  const found = gradient.dataSync();
  const step = 1e-2;
  const value = (shifted: Float32Array) =>
    tf.sum(tf.mul(f(tf.tensor2d(shifted, at.shape)), direction)).dataSync()[0]!;
  for (let i = 0; i < values.length; i++) {
    const up = Float32Array.from(values);
    const down = Float32Array.from(values);
    up[i]! += step;
    down[i]! -= step;
    expect(found[i]).toBeCloseTo((value(up) - value(down)) / (2 * step), 2);
  }
}

test('the gradient of LayerNorm is its slope', () => {
  const random = new Random(4);
  const x = tf.tensor2d(random.spread(12, 2), [3, 4]);
  const direction = tf.tensor2d(random.spread(12, 1), [3, 4]);
  const gradient = normaliseGradient(normalise(x), direction);
  expectGradient((shifted) => normalise(shifted).output, gradient, x, direction);
});

// The seeds keep every sum further from ReLU's corner than the step of the differences.
test.each([
  [16, 8],
  [32, 3],
] as const)('the gradients of a hidden layer are its slopes: %s bits', (bits, seed) => {
  const random = new Random(seed);
  const layer = new HiddenLayer(tf.tensor2d(random.spread(20, 1), [4, 5]), bits);
  const x = tf.tensor2d(random.spread(15, 2), [3, 5]);
  const direction = tf.tensor2d(random.spread(12, 1), [3, 4]);
  const { gradients, input } = layer.forward(x, null).backward(direction, true);
  if (bits === 32) expectGradient((shifted) => layer.forward(shifted, null).output, input!, x, direction);
  layer.parameters.forEach((parameter, i) => {
    const original = parameter.clone();
    const withParameter = (value: tf.Tensor) => {
      parameter.assign(tf.reshape(value, parameter.shape));
      const { output } = layer.forward(x, null);
      parameter.assign(original);
      return output;
    };
    expectGradient(withParameter, gradients[i]!, tf.reshape(original, [-1, 4]), direction);
  });
});

test('the gradients of the output layer are its slopes', () => {
  const random = new Random(2);
  const layer = new OutputLayer(tf.tensor2d(random.spread(6, 1), [2, 3]));
  const x = tf.tensor2d(random.spread(12, 1), [4, 3]);
  const direction = tf.tensor2d(random.spread(8, 1), [4, 2]);
  const { input } = layer.forward(x).backward(direction, true);
  expectGradient((shifted) => layer.forward(shifted).output, input!, x, direction);
});

test('AdamW’s first step is the learning rate against the gradient’s sign, with matrices alone decaying', () => {
  const matrix = tf.variable(tf.tensor2d([1, -1], [1, 2]));
  const vector = tf.variable(tf.tensor1d([1]));
  const optimizer = new AdamW([matrix, vector], 0.1, 0.5);
  optimizer.apply([tf.tensor2d([3, -3], [1, 2]), tf.tensor1d([2])]);
  // w · (1 − 0.1 · 0.5) ∓ 0.1
  expect([...matrix.dataSync()].map((w) => w.toFixed(5))).toEqual(['0.85000', '-0.85000']);
  expect(vector.dataSync()[0]).toBeCloseTo(0.9, 5);
  optimizer.dispose();
});
