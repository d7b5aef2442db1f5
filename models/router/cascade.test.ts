import { expect, test } from 'vitest';
import { cascadeProblem, doubtScore, needScore, placeOf } from './cascade.ts';
import { log32 } from './float32.ts';

const f = Math.fround;

test('the logarithm is within an ulp of the exact one, of small and subnormal numbers too', () => {
  for (const x of [1, 2, 64, 0.5, 1e-3, 0.9999, 2 ** -126, 2 ** -140, 3e38]) {
    const exact = Math.log(f(x));
    expect(Math.abs(log32(f(x)) - exact)).toBeLessThanOrEqual(Math.abs(exact) * 2 ** -23);
  }
});

test('the first expert’s doubt is 0 where it is sure, and most where all classes are alike', () => {
  const alike = Float32Array.of(1, 1, 1, 1);
  const sure = Float32Array.of(200, 0, 0, 0);
  expect(doubtScore('top-probability', alike)).toBe(0.75);
  expect(doubtScore('entropy', alike)).toBeCloseTo(1, 6);
  for (const decision of ['top-probability', 'entropy'] as const) expect(doubtScore(decision, sure)).toBe(0);
});

test('the router’s need is curiosity as a share of its scale, or what the first expert’s probability leaves', () => {
  const route = { mean: Float32Array.of(0.25, 0.5, 0.25), curiosity: 0.03 };
  expect(needScore('gate', route, 1)).toBe(0.75);
  expect(needScore('curiosity', route, 0.06)).toBeCloseTo(0.5, 6);
  expect(needScore('curiosity', route, 0.01)).toBe(1);
});

test('as many thresholds as the score exceeds, so many experts further', () => {
  const cascade = { decision: 'entropy', thresholds: Float32Array.of(0.25, 0.5, 0.5) } as const;
  expect([0, 0.25, 0.3, 0.5, 0.51, 1].map((score) => placeOf(cascade, score))).toEqual([0, 0, 1, 1, 3, 3]);
  const always = { decision: 'entropy', thresholds: Float32Array.of(-1, 1) } as const;
  expect([0, 1].map((score) => placeOf(always, score))).toEqual([1, 1]);
});

test('a router that is no cascade needs layers', () => {
  const router = {
    layers: [],
    prior: new Float32Array(2),
    routing: { alpha: 0, curiosityScale: 1, dropout: 0, seed: 1, passes: 0, topK: 1 },
  };
  expect(cascadeProblem(router)).toContain('no layers');
  const cascade = { decision: 'entropy', thresholds: Float32Array.of(0.5) } as const;
  expect(cascadeProblem({ ...router, cascade })).toBeNull();
});
