import { expect, test } from 'vitest';
import { cascadeProblem, distanceTo, doubtScore, needScore, placeOf, thresholdsFor } from './cascade.ts';
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

test('thresholds send the wished shares of held-out scores on, and no more where scores are alike', () => {
  const scores = [0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6, 1];
  const goingOn = (values: readonly number[], shares: readonly number[]) => {
    const thresholds = thresholdsFor(values, shares);
    const places = values.map((score) => placeOf({ decision: 'entropy', thresholds }, f(score)));
    return shares.map((_, i) => places.filter((place) => place > i).length);
  };
  expect(goingOn(scores, [0.3, 0.1])).toEqual([3, 1]);
  expect(goingOn(scores, [1, 0])).toEqual([10, 0]);
  expect(goingOn(scores, [0.5, 0.5])).toEqual([5, 5]);
  expect(goingOn([0, 0, 0, 0, 1], [0.6])).toEqual([1]);
});

test('how far a score lies from another place is told', () => {
  const cascade = { thresholds: Float32Array.of(0.25, 0.5) };
  expect([0, 1, 2].map((place) => distanceTo(cascade, 0.375, place))).toEqual([0.125, 0, 0.125]);
  expect(distanceTo(cascade, 1, 2)).toBe(0);
});
