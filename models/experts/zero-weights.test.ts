import { expect, test } from 'vitest';
import type { Expert, IntegerLayer, LinearLayer } from './expert.ts';
import { zeroWeights } from './zero-weights.ts';

const integer = (codes: number[]) =>
  ({ kind: 'bitlinear', codes: Int16Array.from(codes) }) as unknown as IntegerLayer;
const linear = { kind: 'linear', weights: Float32Array.of(0, 0) } as unknown as LinearLayer;
const expert = (...layers: (IntegerLayer | LinearLayer)[]) => ({ layers }) as Pick<Expert, 'layers'>;

test('zero weights are counted over all layers of integers, and over no other', () => {
  expect(zeroWeights(expert(integer([0, 1, 0, -1]), integer([0, 0]), linear))).toBeCloseTo(4 / 6, 12);
  expect(zeroWeights(expert(linear))).toBeNull();
});
