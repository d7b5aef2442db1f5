import { describe, expect, test } from 'vitest';
import { quantizeExpert } from '../experts/quantize.ts';
import { buildRouter } from '../bank/build.ts';
import { readRouter } from '../packing/read.ts';
import { decide } from '../router/decide.ts';
import { logits32, softmax32 } from '../router/float32.ts';
import type { TrainingData } from './data.ts';
import { Random } from './random.ts';
import { defaultTraining } from './train.ts';
import { firstDeciding, gateData, trainGate } from './train-gate.ts';

const [size, samples, classes] = [12, 240, 3];

/** The first expert is right where the first half of the numbers is low; the two later ones always are. */
function hard() {
  const random = new Random(3);
  const labels = Int32Array.from({ length: samples }, (_, i) => i % classes);
  const isHard = Array.from({ length: samples }, () => random.uniform() < 0.5);
  const embeddings = Float32Array.from(
    { length: samples * size },
    (_, at) => (at % size < 6 && isHard[Math.floor(at / size)] ? 2 : 0) + random.uniform(),
  );
  const groups = Array.from({ length: samples }, (_, i) => `source ${i % 24}`);
  const data: TrainingData = { embeddings, size, labels, groups, classes: ['a', 'b', 'c'] };
  const saying = (wrong: (row: number) => boolean) =>
    Float32Array.from({ length: samples * classes }, (_, at) => {
      const row = Math.floor(at / classes);
      const said = wrong(row) ? (labels[row]! + 1) % classes : labels[row]!;
      return at % classes === said ? 3 : 0;
    });
  return { data, isHard, logits: [saying((row) => isHard[row]!), saying(() => false), saying(() => false)] };
}

describe('what a gate learns from', () => {
  const { data, isHard, logits } = hard();

  test('is whether the first expert is right, or no later one is', () => {
    const wrong = logits[0]!.map((_, at) => logits[0]![at - (at % classes) + ((at + 1) % classes)]!);
    expect([...gateData(data, logits).labels]).toEqual(isHard.map(Number));
    expect([...gateData(data, [logits[0]!, wrong]).labels].filter(Boolean).length).toBeLessThan(samples);
    expect([...gateData(data, [logits[0]!, logits[0]!]).labels].some(Boolean)).toBe(false);
  });

  test('leaves out what some expert does not speak of', () => {
    const silent = logits[2]!.slice().fill(NaN, 0, 6);
    const made = gateData(data, [logits[0]!, logits[1]!, silent]);
    expect(made.labels.length).toBe(samples - 2);
    expect(made.embeddings.subarray(0, size)).toEqual(data.embeddings.subarray(2 * size, 3 * size));
    expect(made.groups[0]).toBe(data.groups[2]);
  });
});

test('a gate of three experts sends on what the first is not enough for, and fits a router’s image', async () => {
  const { data, isHard, logits } = hard();
  const options = {
    ...defaultTraining,
    name: 'gate',
    version: 1,
    hidden: [16],
    epochs: 30,
    precision: 8,
  } as const;
  const { gate } = await trainGate(data, logits, ['small', 'medium', 'large'], options);
  const cascade = { decision: 'gate', thresholds: Float32Array.of(0.5, 0.9) } as const;
  const network = quantizeExpert(gate.expert, 8);
  const router = { ...network, prior: gate.prior, routing: gate.routing, cascade };
  const rows = Array.from({ length: samples }, (_, row) =>
    data.embeddings.subarray(row * size, (row + 1) * size),
  );
  const right = rows.filter((embedding, row) => {
    const heard = { embedding, firstLogits: logits[0]!.subarray(row * classes, (row + 1) * classes) };
    return decide(router, heard, row + 1).score > 0.5 === isHard[row];
  });
  expect(right.length / samples).toBeGreaterThan(0.95);
  // The later two share what the first leaves.
  const probabilities = softmax32(logits32(network, rows[0]!));
  expect(probabilities[1]).toBeCloseTo(probabilities[2]!, 6);

  const hashes = [1, 2, 3].map((i) => new Uint8Array(32).fill(i));
  const statistics = {
    ...gate.expert,
    standardization: { offset: new Float32Array(384), scale: new Float32Array(384).fill(1) },
    layers: [
      { ...gate.expert.layers[0]!, inputs: 384, weights: new Float32Array(384 * 16).fill(0.1) },
      ...gate.expert.layers.slice(1),
    ],
  } as typeof gate.expert;
  const { image } = buildRouter({ ...gate, expert: statistics, cascade }, null, hashes);
  expect(readRouter(image).router.cascade).toEqual(cascade);
});

test('where the first expert decides, a router has no layers', () => {
  const names = ['small', 'large'];
  const cascade = { decision: 'top-probability', thresholds: Float32Array.of(0.4) } as const;
  const hashes = names.map((_, i) => new Uint8Array(32).fill(i));
  const { image } = buildRouter({ ...firstDeciding('cascade', 1, names, 384), cascade }, null, hashes);
  expect(readRouter(image).router).toMatchObject({ layers: [], labels: names, cascade });
});
