import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Precision } from '../experts/expert.ts';
import { quantizeExpert } from '../experts/quantize.ts';
import { calibrations } from '../quantizers/ptq.ts';
import { logits32 } from '../router/float32.ts';
import { calibrate } from './calibrate.ts';
import { expertLogits } from './logits.ts';
import { splitOf } from './split.ts';
import { separable } from './testing.ts';
import { defaultTraining, trainExpert, type TrainingOptions } from './train.ts';

const options: TrainingOptions = {
  ...defaultTraining,
  name: 'test',
  version: 1,
  hidden: [16, 8],
  epochs: 12,
  learningRate: 5e-3,
};
const data = separable();
const kinds: readonly (Precision | 32)[] = [
  32,
  1,
  2,
  4,
  8,
  16,
  'ternary',
  'ternary-absmean',
  'ternary-activations',
  'static8',
];

test.each(kinds)(
  'an expert learns at every precision, and answers as its quantized self: %s',
  async (precision) => {
    const { expert, best, reports, epochs } = await trainExpert(data, { ...options, precision });
    expect(best.validationAccuracy).toBeGreaterThan(0.9);
    expect(reports.map(({ epoch }) => epoch)).toEqual(Array.from({ length: epochs }, (_, i) => i + 1));

    const quantized = quantizeExpert(expert, precision);
    const before = tf.memory().numTensors;
    const logits = await expertLogits(quantized, data);
    expect(tf.memory().numTensors).toBe(before);
    let right = 0;
    const { validation } = splitOf(data, options);
    for (const row of validation) {
      const board = logits32(quantized, data.embeddings.subarray(row * data.size, (row + 1) * data.size));
      const here = logits.subarray(row * 3, row * 3 + 3);
      board.forEach((logit, c) => expect(here[c]).toBeCloseTo(logit, 3));
      if (board.indexOf(Math.max(...board)) === data.labels[row]) right++;
    }
    // Training's measure is the image's, up to the rounding of 16-bit weights and of PTQ.
    expect(Math.abs(right / validation.length - best.validationAccuracy)).toBeLessThanOrEqual(1 / 24);
  },
);

test('a float reference is calibrated afterwards as in its own training', async () => {
  const { expert: reference } = await trainExpert(data, { ...options, precision: 32 });
  const { training } = splitOf(data, options);
  for (const calibration of calibrations) {
    const { expert } = await trainExpert(data, { ...options, precision: 'static8', calibration });
    const calibrated = calibrate(reference, data, training, calibration);
    expect(calibrated).toEqual(expert);
    expect(calibrated.layers.map(({ kind }) => kind)).toEqual(['calibrated', 'calibrated', 'linear']);
  }
});

test('only a float reference can be calibrated', async () => {
  const { expert } = await trainExpert(data, { ...options, epochs: 1 });
  expect(() => calibrate(expert, data, [0, 1], 'mse')).toThrow(RangeError);
});

test('mixed samples train towards both classes, and neither validate nor bring a validating source into training', async () => {
  const { validation } = splitOf(data, options);
  const held = data.groups[validation[0]!]!;
  const seconds = data.groups.map((_, i) => (i === 0 ? held : i === 1 ? data.groups[1]! : null));
  const targets = new Float32Array(120 * 3);
  data.labels.forEach((label, i) => (targets[i * 3 + label] = 1));
  const mixed = { ...data, mixed: { targets, seconds } };
  const split = splitOf(mixed, options);
  expect(split.training).not.toContain(0);
  expect(split.validation).not.toContain(0);
  expect(split.validation).not.toContain(1);

  // Every sample of class 0 says that it is half of class 1.
  data.labels.forEach((label, i) => {
    if (label === 0) targets.set([0.5, 0.5, 0], i * 3);
  });
  const { expert } = await trainExpert(
    { ...mixed, mixed: { targets, seconds: seconds.map(() => null) } },
    options,
  );
  const logits = await expertLogits(quantizeExpert(expert), data);
  const first = data.labels.indexOf(0);
  const [own, other, third] = logits.subarray(first * 3, first * 3 + 3);
  expect(Math.min(own!, other!)).toBeGreaterThan(third! + 0.5);
});
