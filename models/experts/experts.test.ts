import * as ort from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { layerNorm, quantizeActivations, roundHalfEven } from '../quantizers/bitlinear.ts';
import { quantizeTernaryActivations } from '../quantizers/ternary.ts';
import { createReference } from '../reference/reference.ts';
import type { Expert, LatentExpert, LatentLayer, TrainedPrecision } from './expert.ts';
import { floatModel, quantizedModel } from './models.ts';
import { quantizeExpert } from './quantize.ts';
import { restoreExpert, storeExpert } from './store.ts';

/** Deterministic numbers in [-1, 1). */
function numbers(seed: number) {
  let state = seed;
  return (length: number) =>
    Float32Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return state / 2 ** 31;
    });
}

function latentExpert(): LatentExpert {
  const next = numbers(3);
  const hidden = (inputs: number, outputs: number): LatentLayer => ({
    kind: 'latent',
    inputs,
    outputs,
    weights: next(inputs * outputs),
    bias: next(outputs),
    norm: { gain: next(outputs), bias: next(outputs) },
  });
  return {
    name: 'test',
    version: 1,
    labels: ['a', 'b', 'c'],
    standardization: { offset: next(384), scale: next(384).map((x) => 1 + x / 2) },
    layers: [
      hidden(384, 64),
      hidden(64, 32),
      { kind: 'linear', inputs: 32, outputs: 3, weights: next(96), bias: next(3), norm: null },
    ],
  };
}

/** A layer's input as it is multiplied with the weights, and what a product is worth. */
function entering(layer: (Expert | LatentExpert)['layers'][number], v: Float64Array) {
  if (layer.kind === 'linear' || layer.kind === 'calibrated') return { input: v, worth: 1 };
  if (layer.kind === 'latent') return { input: layerNorm(v), worth: 1 };
  if (layer.kind === 'static') {
    const worth = layer.activationScale;
    return { input: v.map((a) => Math.max(-127, Math.min(127, roundHalfEven(a / worth)))), worth };
  }
  const ternary = layer.kind === 'ternary' && layer.activationBits === 2;
  const { codes, scale } = ternary ? quantizeTernaryActivations(v) : quantizeActivations(v);
  return { input: Float64Array.from(codes), worth: scale };
}

/** IMAGE.md's arithmetic, written out plainly. */
function logitsOf(expert: Expert | LatentExpert, embedding: Float32Array): Float64Array {
  const { offset, scale } = expert.standardization;
  let v = Float64Array.from(embedding, (e, i) => (e - offset[i]!) * scale[i]!);
  for (const layer of expert.layers) {
    const integer = 'codes' in layer;
    const rows = integer ? layer.codes : layer.weights;
    const { input, worth } = entering(layer, v);
    v = Float64Array.from({ length: layer.outputs }, (_, o) => {
      let sum = 0;
      for (let i = 0; i < layer.inputs; i++) sum += rows[o * layer.inputs + i]! * input[i]!;
      const weightScale = integer ? layer.scales[layer.scales.length === 1 ? 0 : o]! : 1;
      return sum * worth * weightScale + layer.bias[o]!;
    });
    const { norm } = layer;
    if (norm) v = layerNorm(v).map((y, o) => Math.max(0, y * norm.gain[o]! + norm.bias[o]!));
    else if (layer.relu) v = v.map((y) => Math.max(0, y));
  }
  return v;
}

const pcm = numbers(11)(15_600 + 7_680).map((x) => x / 3);

const latent = latentExpert();
const precisions: readonly TrainedPrecision[] = [1, 2, 4, 8, 16, 'ternary', 'ternary-activations'];
const bare: LatentExpert = {
  ...latent,
  layers: latent.layers.map((layer, i) => ({ ...layer, norm: null, ...(i === 0 ? { relu: true } : {}) })),
};

/** The float reference of the same shape, calibrated so that some activations are clipped. */
const calibrated: LatentExpert = {
  ...latent,
  layers: latent.layers.map((layer, i) =>
    layer.kind === 'latent' ? { ...layer, kind: 'calibrated', activationScale: [0.1, 0.015][i]! } : layer,
  ),
};

async function expectArithmetic(model: Uint8Array, expert: Expert | LatentExpert): Promise<void> {
  const reference = await createReference(ort, model);
  const { patches, classes, logits, embedding } = await reference.runWithFeatures(pcm);
  expect([patches, classes]).toEqual([2, 3]);
  for (let patch = 0; patch < patches; patch++) {
    const expected = logitsOf(expert, embedding.subarray(patch * 384, (patch + 1) * 384));
    expected.forEach((value, i) => expect(logits[patch * 3 + i]).toBeCloseTo(value, 4));
  }
  await reference.release();
}

test.each(precisions)(
  'the quantized graph computes the arithmetic of the specification: %s',
  async (precision) => {
    for (const perChannel of [false, true]) {
      const expert = quantizeExpert(latent, precision, { perChannel });
      await expectArithmetic(quantizedModel(expert), expert);
    }
  },
);

test('the graph of a static expert computes the arithmetic of the specification', async () => {
  const expert = quantizeExpert(calibrated, 'static8');
  expect(expert.layers.map(({ kind }) => kind)).toEqual(['static', 'static', 'linear']);
  await expectArithmetic(quantizedModel(expert), expert);
  await expectArithmetic(floatModel(calibrated), calibrated);
});

test('a layer becomes only what it was trained or calibrated for', () => {
  expect(() => quantizeExpert(calibrated, 8)).toThrow(RangeError);
  expect(() => quantizeExpert(latent, 'static8')).toThrow(RangeError);
  expect(() => quantizeExpert(latent, 32)).toThrow(RangeError);
});

test('every kind of latent expert comes back from storage as it was', () => {
  const encoderHash = Uint8Array.from({ length: 32 }, (_, i) => 9 * i);
  for (const expert of [latent, bare, calibrated, { ...latent, encoderHash }]) {
    const { description, weights } = storeExpert(expert);
    expect(restoreExpert(JSON.parse(JSON.stringify(description)), weights)).toEqual(expert);
  }
});

test('the float graph computes the arithmetic of the specification', async () => {
  await expectArithmetic(floatModel(latent), latent);
});

test('layers with ReLU alone or nothing behind them are computed as the specification says', async () => {
  const expert = quantizeExpert(bare, 'ternary-activations');
  await expectArithmetic(quantizedModel(expert), expert);
});

test('a sample that is constant after standardization gives finite logits', async () => {
  const silent = { ...latent.standardization, scale: new Float32Array(384) };
  for (const precision of [4, 'ternary-activations'] as const) {
    const expert = quantizeExpert({ ...latent, standardization: silent }, precision);
    const reference = await createReference(ort, quantizedModel(expert));
    const { logits } = await reference.run(pcm);
    expect(logits.every(Number.isFinite)).toBe(true);
    await reference.release();
  }
});

test('the same expert gives the same graph, byte for byte', () => {
  const [first, second] = [1, 2].map(() => Buffer.from(quantizedModel(quantizeExpert(latentExpert()))));
  expect(first!.equals(second!)).toBe(true);
});

test('fewer samples than a window are refused', async () => {
  const reference = await createReference(ort, floatModel(latentExpert()));
  await expect(reference.run(new Float32Array(15_599))).rejects.toThrow(RangeError);
  await reference.release();
});
