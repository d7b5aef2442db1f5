import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, expect, test } from 'vitest';
import type { LatentLayer, TrainedPrecision } from '../experts/expert.ts';
import { quantizeLayer } from '../experts/quantize.ts';
import { layerNorm, quantizeActivations } from '../quantizers/bitlinear.ts';
import { quantizeTernaryActivations } from '../quantizers/ternary.ts';
import { normalise } from './layers.ts';
import { Random } from './random.ts';
import { quantizedActivations, quantizedWeights, staticActivations } from './rounding.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const [inputs, outputs] = [60, 33];

/** [outputs][inputs] */
const weights = new Random(9).spread(inputs * outputs, 3).map((weight, i) => weight + (i % 5 === 0 ? 1 : 0));

const layer: LatentLayer = {
  kind: 'latent',
  inputs,
  outputs,
  weights,
  bias: new Float32Array(outputs),
  norm: null,
};

const precisions: readonly TrainedPrecision[] = [
  1,
  2,
  4,
  8,
  16,
  'ternary',
  'ternary-absmean',
  'ternary-activations',
];

test.each(precisions)('training rounds weights to the codes of the image: %s', (precision) => {
  const { codes, scales } = quantizeLayer(layer, precision, false);
  const inTraining = quantizedWeights(tf.tensor2d(weights, [outputs, inputs]), precision).dataSync();
  codes.forEach((code, i) => {
    const scale = scales[scales.length === 1 ? 0 : Math.floor(i / inputs)]!;
    // 16-bit weights are not rounded in training.
    const tolerance = precision === 16 ? 0.501 : 0.001;
    expect(Math.abs(inTraining[i]! / scale - code)).toBeLessThan(tolerance);
  });
});

test.each(['ternary', 4] as const)('weights that are all the same become zeros: %s', (precision) => {
  const flat = quantizedWeights(tf.fill([6, 5], 0.25), precision).dataSync();
  expect(flat.every((weight) => weight === 0)).toBe(true);
});

test('training rounds activations to the codes of a board', () => {
  const sample = new Random(4).spread(640, 3);
  const normal = normalise(tf.tensor2d(sample, [1, 640])).output;
  layerNorm(Float64Array.from(sample)).forEach((value, i) =>
    expect(normal.dataSync()[i]).toBeCloseTo(value, 5),
  );
  for (const [precision, quantize] of [
    [8, quantizeActivations],
    ['ternary-activations', quantizeTernaryActivations],
  ] as const) {
    const { codes, scale } = quantize(Float64Array.from(sample));
    const rounded = quantizedActivations(normal, precision).dataSync();
    codes.forEach((code, i) => expect(rounded[i]! / scale).toBeCloseTo(code, 3));
  }
});

test('activations of a static layer are clipped at 127 codes', () => {
  const rounded = staticActivations(tf.tensor2d([0.26, -0.24, 90, -90], [1, 4]), 0.5).dataSync();
  expect([...rounded]).toEqual([0.5, -0, 63.5, -63.5]);
});
