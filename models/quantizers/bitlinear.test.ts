import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  largestCode,
  largestRowSum,
  layerNorm,
  quantizeActivations,
  quantizeWeights,
  roundHalfEven,
} from './bitlinear.ts';

test('halves are rounded to the even neighbour', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4999, 3].map((x) => roundHalfEven(x) + 0)).toEqual([
    0, 2, 2, 0, -2, -2, 2, 3,
  ]);
});

test('weights are centred on their mean and scaled so that the furthest is 7', () => {
  // mean 1; centred −7, 3.5, 3.5, 0 → scale 1, the halves to even
  const { codes, scale } = quantizeWeights(Float32Array.of(-6, 4.5, 4.5, 1), 4);
  expect(scale).toBe(1);
  expect([...codes]).toEqual([-7, 4, 4, 0]);
});

test('a constant tensor becomes zeros with a scale an image accepts', () => {
  expect(quantizeWeights(Float32Array.of(3, 3), 4)).toEqual({ codes: Int8Array.of(0, 0), scale: 1 });
});

test('weights too small for a normal binary32 scale become zeros', () => {
  const tiny = quantizeWeights(Float32Array.of(1e-45, 3e-45, -1e-45), 4);
  expect(tiny).toEqual({ codes: Int8Array.of(0, 0, 0), scale: 1 });
});

test('no 4-bit weight is further than half a scale from its centred value', () => {
  const weights = fc.float32Array({ minLength: 2, maxLength: 60, noNaN: true, min: -100, max: 100 });
  fc.assert(
    fc.property(weights, (values) => {
      const { codes, scale } = quantizeWeights(values, 4);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.every(
        (value, i) =>
          Math.abs(codes[i]!) <= 7 && Math.abs(codes[i]! * scale - (value - mean)) <= scale * 0.5001,
      );
    }),
  );
});

test('1-bit weights are the sign of the centred weight, worth its mean magnitude', () => {
  // mean 1; centred −3, −1, 1, 3, 0
  const { codes, scale } = quantizeWeights(Float32Array.of(-2, 0, 2, 4, 1), 1);
  expect([...codes]).toEqual([-1, -1, 1, 1, 1]);
  expect(scale).toBe(Math.fround(8 / 5));
});

test('2, 8 and 16-bit weights reach the ends of their codes', () => {
  for (const bits of [2, 8, 16]) {
    const { codes, scale } = quantizeWeights(Float32Array.of(-1, 1, 0.5, -0.5), bits);
    expect([codes[0], codes[1]]).toEqual([-largestCode(bits), largestCode(bits)]);
    expect(scale).toBe(Math.fround(1 / largestCode(bits)));
  }
});

test('no row of 16-bit weights can overflow a board’s sums, however even its weights', () => {
  const inputs = 2048;
  const even = Float32Array.from({ length: 2 * inputs }, (_, i) => (i % 2 === 0 ? 1 : -1));
  const { codes, scale } = quantizeWeights(even, 16, inputs);
  const sum = Array.from(codes.subarray(0, inputs), Math.abs).reduce((total, code) => total + code);
  expect(sum).toBeLessThanOrEqual(largestRowSum);
  expect(sum).toBeGreaterThan(largestRowSum - 2 * inputs);
  expect(codes[0]! * scale).toBeCloseTo(1, 3);
});

test('dropping the weights’ mean changes no output of a normalised input', () => {
  const input = layerNorm(Float64Array.of(0.3, -1, 2.5, 0.7, 0));
  const withMean = input.reduce((sum, a, i) => sum + a * [5, 6, 7, 8, 9][i]!, 0);
  const without = input.reduce((sum, a, i) => sum + a * [-2, -1, 0, 1, 2][i]!, 0);
  expect(withMean).toBeCloseTo(without, 12);
});

test('activations reach 127 at the largest and a constant sample is all zero', () => {
  const { codes, scale } = quantizeActivations(Float64Array.of(-3, 0, 1, 2));
  expect(codes[0]).toBe(-127);
  expect(scale).toBeCloseTo(3 / Math.sqrt(3.5) / 127, 7);
  expect([...quantizeActivations(Float64Array.of(4, 4, 4)).codes]).toEqual([0, 0, 0]);
});
