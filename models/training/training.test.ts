import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { quantizeExpert } from '../experts/quantize.ts';
import { Random } from './random.ts';
import { groupedSplit } from './split.ts';
import { separable } from './testing.ts';
import { defaultTraining, trainExpert, type TrainingData, type TrainingOptions } from './train.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

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

test.each([0, 0.25, 1])(
  'no source lies on both sides of the split, and every class is on both: share %s',
  (share) => {
    const { labels, groups } = separable();
    const { training, validation } = groupedSplit(labels, groups, share, new Random(3));
    expect(training.length + validation.length).toBe(labels.length);
    const sources = (rows: number[]) => new Set(rows.map((row) => groups[row]));
    expect([...sources(training)].filter((source) => sources(validation).has(source))).toEqual([]);
    for (const rows of [training, validation]) expect(new Set(rows.map((row) => labels[row])).size).toBe(3);
  },
);

test('sources that the encoder did not hear validate where a class has some, as many as wanted at most', () => {
  const groups = Array.from({ length: 40 }, (_, i) => `${i % 2}-${i >> 1}`);
  const labels = groups.map((_, i) => i % 2);
  // of the first class three sources were not heard, of the second none
  const unheard = ['0-3', '0-8', '0-11'];
  const heard = new Set(groups.filter((source) => !unheard.includes(source)));
  const sourcesOf = (share: number, label: number) => {
    const { validation } = groupedSplit(labels, groups, share, new Random(3), [], heard);
    return [...new Set(validation.filter((row) => labels[row] === label).map((row) => groups[row]!))].sort();
  };
  expect(sourcesOf(0.2, 0)).toEqual([...unheard].sort());
  expect(sourcesOf(0.1, 0)).toHaveLength(2);
  expect(sourcesOf(0.1, 0).every((source) => unheard.includes(source))).toBe(true);
  expect(sourcesOf(0.2, 1)).toHaveLength(4);
  const { validation } = groupedSplit(labels, groups, 0.2, new Random(3));
  expect(validation.filter((row) => labels[row] === 1)).toEqual(
    groupedSplit(labels, groups, 0.2, new Random(3), [], heard).validation.filter((row) => labels[row] === 1),
  );
});
