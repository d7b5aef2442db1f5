import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activationScale, quantizeSymmetric } from './ptq.ts';

test('weights are not centred, and every output reaches 127 by a scale of its own', () => {
  const { codes, scales } = quantizeSymmetric(Float32Array.of(127, 1, 2.5, -1.5, 0, 6.35), 2);
  expect([...codes].map((code) => code + 0)).toEqual([127, 1, 2, -30, 0, 127]);
  expect([...scales]).toEqual([1, Math.fround(6.349999904632568 / 127)]);
});

test('an output without weights becomes zeros with a scale an image accepts', () => {
  expect(quantizeSymmetric(Float32Array.of(0, 0, 1, 2), 2).scales[0]).toBe(1);
});

test('min-max calibration clips nothing', () => {
  expect(activationScale(Float32Array.of(1, -254, 3), 'min-max')).toBe(2);
});

test('percentile calibration leaves the largest magnitudes out', () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? i + 1 : -i - 1));
  expect(activationScale(values, 'percentile', 0.99)).toBe(Math.fround(990 / 127));
  expect(activationScale(values, 'percentile', 1)).toBe(Math.fround(1000 / 127));
});

test('MSE calibration clips a lone outlier among many values, and never errs more than min-max', () => {
  const values = Float32Array.from({ length: 20_000 }, (_, i) => Math.sin(i * 1.7) * 3);
  values[77] = 12;
  const scale = activationScale(values, 'mse');
  expect(scale * 127).toBeLessThan(12);
  expect(scale * 127).toBeGreaterThan(3);

  const error = (numbers: Float32Array, s: number) =>
    numbers.reduce((sum, v) => sum + (v - s * Math.max(-127, Math.min(127, Math.round(v / s)))) ** 2, 0);
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1, maxLength: 80, noNaN: true, min: -50, max: 50 }), (some) => {
      const worst = error(some, activationScale(some, 'min-max'));
      expect(error(some, activationScale(some, 'mse'))).toBeLessThanOrEqual(worst * 1.000001);
    }),
  );
});

test('values that are all zero give a scale an image accepts', () => {
  for (const calibration of ['min-max', 'percentile', 'mse'] as const) {
    expect(activationScale(new Float32Array(5), calibration)).toBe(1);
  }
});
