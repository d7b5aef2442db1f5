import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { quantizeExpert } from '../experts/quantize.ts';
import { layerNorm, quantizeActivations, quantizeWeights } from '../quantizers/bitlinear.ts';
import { AdamW } from './adamw.ts';
import {
  HiddenLayer,
  normalise,
  normaliseGradient,
  OutputLayer,
  quantizedActivations,
  quantizedWeights,
} from './layers.ts';
import { Random } from './random.ts';
import { groupedSplit } from './split.ts';
import { defaultTraining, trainExpert, type TrainingData, type TrainingOptions } from './train.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** Three classes that differ in the mean of a third of the numbers each; 4 sources a class, 10 samples each. */
function separable(seed = 5): TrainingData {
  const random = new Random(seed);
  const size = 24;
  const count = 120;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const embeddings = Float32Array.from({ length: count * size }, (_, i) => {
    const shift = Math.floor((i % size) / 8) === labels[Math.floor(i / size)]! ? 2 : 0;
    return shift + 2 * random.uniform() - 1;
  });
  const groups = Array.from({ length: count }, (_, i) => `${i % 3}-${Math.floor(i / 3) % 4}`);
  return { embeddings, size, labels, groups, classes: ['a', 'b', 'c'] };
}

const options: TrainingOptions = {
  ...defaultTraining,
  name: 'test',
  version: 1,
  hidden: [16, 8],
  epochs: 12,
  learningRate: 5e-3,
};

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const thrown = await promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );
  return thrown instanceof CurlewError ? thrown.code : String(thrown);
}

test('an expert learns classes that can be told apart, and keeps them when quantized', async () => {
  const { expert, best } = await trainExpert(separable(), options);
  expect(best.validationAccuracy).toBeGreaterThan(0.9);
  const quantized = quantizeExpert(expert);
  expect(quantized.layers.map((layer) => [layer.kind, layer.inputs, layer.outputs])).toEqual([
    ['bitlinear', 24, 16],
    ['bitlinear', 16, 8],
    ['linear', 8, 3],
  ]);
});

test('the same seed gives the same weights, another seed others', async () => {
  const short = { ...options, epochs: 2 };
  const [first, second, other] = [
    await trainExpert(separable(), short),
    await trainExpert(separable(), short),
    await trainExpert(separable(), { ...short, seed: 2 }),
  ];
  expect(second).toEqual(first);
  expect(other.expert.layers[0]!.weights).not.toEqual(first.expert.layers[0]!.weights);
});

test('training leaves no tensor behind, whether it ends or is cancelled', async () => {
  const before = tf.memory().numTensors;
  await trainExpert(separable(), { ...options, epochs: 1 });
  expect(tf.memory().numTensors).toBe(before);

  const controller = new AbortController();
  const cancelled = trainExpert(separable(), options, {
    onProgress: () => controller.abort(),
    signal: controller.signal,
  });
  expect(await codeOf(cancelled)).toBe('ABORTED');
  expect(tf.memory().numTensors).toBe(before);
});

test('training ends early once the validation loss has stopped falling', async () => {
  const { best, epochs } = await trainExpert(separable(), { ...options, epochs: 100, patience: 3 });
  expect(epochs).toBe(best.epoch + 3);
});

test.each<[string, (data: TrainingData) => TrainingData]>([
  [
    'no samples',
    (data) => ({ ...data, embeddings: new Float32Array(), labels: new Int32Array(), groups: [] }),
  ],
  ['too few embeddings', (data) => ({ ...data, embeddings: data.embeddings.slice(1) })],
  ['an embedding that is not a number', (data) => ({ ...data, embeddings: data.embeddings.map(() => NaN) })],
  ['a class without samples', (data) => ({ ...data, classes: [...data.classes, 'd'] })],
  [
    'a label that is no class',
    (data) => ({
      ...data,
      labels: data.labels.map((label) => label + (label === 2 ? 1 : 0)),
      classes: ['a', 'b'],
    }),
  ],
  ['one source a class', (data) => ({ ...data, groups: [...data.labels].map(String) })],
])('%s cannot be trained on', async (_, change) => {
  expect(await codeOf(trainExpert(change(separable()), options))).toBe('TRAINING_FAILED');
});

test('no source lies on both sides of the split, and every class is on both', () => {
  const { labels, groups } = separable();
  const { training, validation } = groupedSplit(labels, groups, 0.25, new Random(3));
  expect(training.length + validation.length).toBe(labels.length);
  const sources = (rows: number[]) => new Set(rows.map((row) => groups[row]));
  expect([...sources(training)].filter((source) => sources(validation).has(source))).toEqual([]);
  for (const rows of [training, validation]) expect(new Set(rows.map((row) => labels[row])).size).toBe(3);
});

test('the quantizers of training are those of the image', () => {
  const values = new Random(9).spread(60, 3);
  const { codes, scale } = quantizeWeights(values, 4);
  const inTraining = quantizedWeights(tf.tensor2d(values, [10, 6]), 4).dataSync();
  codes.forEach((code, i) => expect(inTraining[i]).toBeCloseTo(code * scale, 5));

  const sample = Float64Array.from(values);
  const activations = quantizeActivations(sample);
  const rounded = quantizedActivations(normalise(tf.tensor2d(values, [1, 60])).output).dataSync();
  activations.codes.forEach((code, i) => expect(rounded[i]).toBeCloseTo(code * activations.scale, 5));
  const normal = normalise(tf.tensor2d(values, [1, 60])).output.dataSync();
  layerNorm(sample).forEach((value, i) => expect(normal[i]).toBeCloseTo(value, 5));
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

test('the gradients of a hidden layer’s parameters are its slopes, at 16 bits where rounding is fine', () => {
  const random = new Random(8);
  const layer = new HiddenLayer(tf.tensor2d(random.spread(20, 1), [5, 4]), 16);
  const x = tf.tensor2d(random.spread(15, 2), [3, 5]);
  const direction = tf.tensor2d(random.spread(12, 1), [3, 4]);
  const { gradients } = layer.forward(x, null).backward(direction, false);
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
  const layer = new OutputLayer(tf.tensor2d(random.spread(6, 1), [3, 2]));
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
