import { expect, test } from 'vitest';
import { quantizeAbsmeanWeights, quantizeTernaryActivations, quantizeTernaryWeights } from './ternary.ts';

test('weights within the threshold become 0, and each output is worth its mean magnitude', () => {
  // mean 0, mean magnitude 1: the border lies at 0.1
  const weights = Float32Array.of(2, -2, 0.05, -0.05, 1, -1, 0.95, -0.95);
  const { codes, scales } = quantizeTernaryWeights(weights, 2);
  expect([...codes].map((code) => code + 0)).toEqual([1, -1, 0, 0, 1, -1, 1, -1]);
  expect([...scales]).toEqual([2, Math.fround((1 + 1 + Math.fround(0.95) * 2) / 4)]);
});

test('a wider threshold leaves fewer weights', () => {
  const weights = Float32Array.of(2, -2, 0.4, -0.4, 1, -1, 0.6, -0.6);
  const zeros = (threshold: number) =>
    quantizeTernaryWeights(weights, 1, threshold).codes.filter((code) => code === 0).length;
  expect([0.05, 0.5, 0.9].map(zeros)).toEqual([0, 2, 4]);
});

test('by absmean weights are rounded at half their mean magnitude, wherever their mean lies, all worth one scale', () => {
  // mean magnitude 1, mean 0.5
  const weights = Float32Array.of(2.5, 0.75, 0.5, 0.25, -1, 1.5, -0.5, 1);
  const { codes, scales } = quantizeAbsmeanWeights(weights, 2);
  expect([...codes].map((code) => code + 0)).toEqual([1, 1, 0, 0, -1, 1, 0, 1]);
  expect([...scales]).toEqual([1, 1]);
  expect(quantizeAbsmeanWeights(new Float32Array(4), 2)).toEqual({
    codes: new Int8Array(4),
    scales: Float32Array.of(1, 1),
  });
});

test('a constant tensor becomes zeros with scales an image accepts', () => {
  expect(quantizeTernaryWeights(Float32Array.of(3, 3), 2)).toEqual({
    codes: Int8Array.of(0, 0),
    scales: Float32Array.of(1, 1),
  });
});

test('activations are rounded at half their mean magnitude', () => {
  const { codes, scale } = quantizeTernaryActivations(Float64Array.of(4, -4, 3, -3, 0.9, -0.9, 0.1, -0.1));
  expect([...codes].map((code) => code + 0)).toEqual([1, -1, 1, -1, 0, 0, 0, 0]);
  expect(scale).toBeCloseTo(2 / Math.sqrt((2 * (16 + 9 + 0.81 + 0.01)) / 8), 5);
  expect([...quantizeTernaryActivations(Float64Array.of(4, 4, 4)).codes]).toEqual([0, 0, 0]);
});
