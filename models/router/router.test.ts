import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { randomNumbers, randomRouter } from '../../test/fixtures/random-expert.ts';
import { routerModel } from '../experts/models.ts';
import { createReference } from '../reference/reference.ts';
import { exp32, softmax32 } from './float32.ts';
import { philox } from './philox.ts';
import { answering, dropped, route, routeOf } from './route.ts';

const next = randomNumbers(5);
const embedding = Float32Array.from({ length: 384 }, () => 8 * next() - 6);
const experts = ['ternary', '4-bit', '8-bit'].map((name) => ({ name, sha256: new Uint8Array(32) }));
const router = randomRouter(3, experts, [0, 0.5, 1]);

test('Philox4x32-10 gives the published answers', () => {
  // Random123, kat_vectors
  expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  const ones = 0xffffffff;
  expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([
    0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
  ]);
  expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
    0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
  ]);
});

test('the binary32 exponential is within two units in the last place', () => {
  for (let x = -87; x < 88; x += 0.0371) {
    const at = Math.fround(x);
    expect(Math.abs(exp32(at) / Math.exp(at) - 1)).toBeLessThan(2 ** -22);
  }
  expect([exp32(0), exp32(-1000), exp32(-Infinity), exp32(1000)]).toEqual([1, 0, 0, Infinity]);
});

test('a router’s route depends on seed and inference alone', () => {
  expect(route(router, embedding, 9)).toEqual(route(router, embedding, 9));
  const { curiosity } = route(router, embedding, 9);
  expect(curiosity).toBeGreaterThan(0);
  expect(route(router, embedding, 10).curiosity).not.toBe(curiosity);
  expect(route(router, embedding, 9, { ...router.routing, seed: 4 }).curiosity).not.toBe(curiosity);
});

test('dropout drops its share, scales what it keeps and draws anew for each layer, pass, seed and inference', () => {
  const values = new Float32Array(2048).fill(3);
  const at = { dropout: Math.fround(0.25), seed: 1, layer: 1, pass: 0, inferenceId: 1 };
  const first = dropped(values, at);
  expect(first.every((value) => value === 0 || value === 4)).toBe(true);
  const share = first.filter((value) => value === 0).length / 2048;
  expect(Math.abs(share - 0.25)).toBeLessThan(0.04);
  for (const key of ['seed', 'layer', 'pass', 'inferenceId'] as const) {
    expect(dropped(values, { ...at, [key]: at[key] + 1 })).not.toEqual(first);
  }
});

describe('curiosity and the precision prior', () => {
  /** Passes that disagree about the first two experts, and passes that do not. */
  const doubtful = [Float32Array.of(0.6, 0.2, 0.2), Float32Array.of(0.2, 0.5, 0.3)];
  const certain = [Float32Array.of(0.4, 0.35, 0.25), Float32Array.of(0.4, 0.35, 0.25)];
  const prior = Float32Array.of(0, 0.5, 1);

  test('with alpha 0 the route is the plain router’s', () => {
    const { gate, ranked, curiosity } = routeOf(doubtful, prior, { alpha: 0, curiosityScale: 0.05 });
    [0.4, 0.35, 0.25].forEach((p, e) => expect(gate[e]).toBeCloseTo(p, 6));
    expect(ranked).toEqual([0, 1, 2]);
    expect(curiosity).toBeCloseTo(0.04 + 0.0225 + 0.0025, 7);
  });

  test('alpha moves doubtful input, and only that, to experts of higher precision', () => {
    const choices = [0, 0.5, 1, 2, 4].map(
      (alpha) => routeOf(doubtful, prior, { alpha, curiosityScale: 0.05 }).ranked[0]!,
    );
    expect(choices[0]).toBe(0);
    expect(choices.at(-1)).toBe(2);
    expect([...choices].sort()).toEqual(choices);
    for (const alpha of [0, 2, 100]) {
      expect(routeOf(certain, prior, { alpha, curiosityScale: 0.05 }).ranked[0]).toBe(0);
    }
  });

  test('gates are p · exp(alpha · curiosity · prior), normalised', () => {
    const { gate } = routeOf(doubtful, prior, { alpha: 3, curiosityScale: 0.1 });
    const weights = [0.4, 0.35, 0.25].map((p, e) => p * Math.exp(3 * 0.65 * prior[e]!));
    const sum = weights.reduce((a, b) => a + b);
    weights.forEach((weight, e) => expect(gate[e]).toBeCloseTo(weight / sum, 5));
  });

  test('gates stay finite at the ends of every range', () => {
    const ends = { alpha: 100, curiosityScale: 2 ** -149 };
    expect([...routeOf([Float32Array.of(1, 0, 0)], prior, ends).gate]).toEqual([1, 0, 0]);
    const { gate } = routeOf([Float32Array.of(1, 0, 2 ** -140), Float32Array.of(0, 1, 0)], prior, ends);
    expect(gate.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });
});

test('the k best experts answer with their gates, normalised', () => {
  const best = { gate: Float32Array.of(0.2, 0.5, 0.3), curiosity: 0, ranked: [1, 2, 0] };
  expect(answering(best, 1)).toEqual([{ expert: 1, share: 1 }]);
  const two = answering(best, 2);
  expect(two.map(({ expert }) => expert)).toEqual([1, 2]);
  expect(two.map(({ share }) => share)[0]).toBeCloseTo(0.625, 6);
});

test('without passes the route is the softmax of the router’s graph', async () => {
  const reference = await createReference(ort, routerModel(router));
  const pcm = Float32Array.from({ length: 15_600 }, (_, i) => 0.3 * Math.sin(i * i * 1e-5));
  const { logits, embedding: heard } = await reference.runWithFeatures(pcm);
  const { gate, curiosity } = route(router, heard, 1, { ...router.routing, passes: 0, alpha: 5 });
  expect(curiosity).toBe(0);
  softmax32(logits).forEach((p, e) => expect(gate[e]).toBeCloseTo(p, 4));
  await reference.release();
});
