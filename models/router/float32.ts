/**
 * An expert's or a router's arithmetic (models/packing/IMAGE.md) in binary32, operation by operation and in a
 * board's order, so that lab and board get the same bits and choose the same expert. The sum, difference, product,
 * quotient or root of two binary32 numbers, computed in binary64 and rounded, is the one that binary32 gives:
 * Math.fround around each operation is enough.
 */
import type {
  AnyLayer,
  CalibratedLayer,
  Expert,
  IntegerLayer,
  LatentLayer,
  LinearLayer,
  Standardization,
} from '../experts/expert.ts';
import { largestActivation, layerNormEpsilon, roundHalfEven } from '../quantizers/bitlinear.ts';

const f = Math.fround;

/** e to the x as a board computes it: x = k ln 2 + r, then the Taylor series of e^r to r^7 / 7!. */
export function exp32(x: number): number {
  if (x > 88.72283172607422) return Infinity;
  if (x < -87.33654022216797) return 0;
  const log2e = 1.4426950216293335;
  // ln 2 in two parts: the first has 12 significant bits, so that its product with k is exact
  const [ln2High, ln2Low] = [0.693115234375, 3.194618329871446e-5];
  const rounder = 1.5 * 2 ** 23;
  const k = f(f(f(x * log2e) + rounder) - rounder);
  const r = f(f(x - f(k * ln2High)) - f(k * ln2Low));
  // 1/2 to 1/7!, the highest first
  const factors = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2].map(f);
  const tail = factors.reduce((sum, factor) => f(factor + f(r * sum)), 0);
  return f(f(1 + f(r + f(f(r * r) * tail))) * 2 ** k);
}

/**
 * The natural logarithm of a positive x as a board computes it: x = 2^k (1 + g) with 1 + g from 1/√2 to √2, then
 * ln(1 + g) = 2 artanh(g / (2 + g)) by its series.
 */
export function log32(x: number): number {
  const isSubnormal = x < 2 ** -126;
  const bits = bitsOf(isSubnormal ? f(x * 2 ** 25) : x) + (0x3f800000 - 0x3f3504f3);
  const scale = (bits >> 23) - 127 - (isSubnormal ? 25 : 0);
  const g = f(floatOf((bits & 0x7fffff) + 0x3f3504f3) - 1);
  const s = f(g / f(2 + g));
  const z = f(s * s);
  // 2/9, 2/7, 2/5, 2/3
  const series = [2 / 9, 2 / 7, 2 / 5, 2 / 3].map(f).reduce((sum, factor) => f(factor + f(z * sum)), 0);
  const r = f(z * series);
  const half = f(f(0.5 * g) * g);
  const [ln2High, ln2Low] = [0.693115234375, 3.194618329871446e-5];
  const low = f(f(s * f(half + r)) + f(scale * ln2Low));
  return f(f(scale * ln2High) - f(f(half - low) - g));
}

const word = new DataView(new ArrayBuffer(4));

function bitsOf(x: number): number {
  word.setFloat32(0, x);
  return word.getInt32(0);
}

function floatOf(bits: number): number {
  word.setInt32(0, bits);
  return word.getFloat32(0);
}

/** Probabilities of logits: softmax. */
export function softmax32(logits: Float32Array): Float32Array {
  const top = logits.reduce((max, logit) => Math.max(max, logit), -Infinity);
  const powers = logits.map((logit) => exp32(f(logit - top)));
  const sum = powers.reduce((total, power) => f(total + power), 0);
  return powers.map((power) => power / sum);
}

/** An expert's logits, or a router's without dropout. */
export function logits32({ layers, standardization }: Expert, embedding: Float32Array): Float32Array {
  return layers.reduce((input, layer) => layer32(layer, input), standardize32(embedding, standardization));
}

export function standardize32(embedding: Float32Array, { offset, scale }: Standardization): Float32Array {
  return embedding.map((e, i) => f(e - offset[i]!) * scale[i]!);
}

/** One layer with what follows it, without dropout; one that is not quantized yet is the same with its float weights. */
export function layer32(layer: AnyLayer, input: Float32Array): Float32Array {
  const sums = 'codes' in layer ? integerLinear(layer, input) : linear(layer, input);
  const { norm } = layer;
  if (norm) return norm32(sums).map((y, o) => Math.max(0, f(f(y * norm.gain[o]!) + norm.bias[o]!)));
  return layer.relu ? sums.map((y) => Math.max(0, y)) : sums;
}

/** LayerNorm without gain and bias. */
function norm32(values: Float32Array): Float32Array {
  const mean = f(values.reduce((sum, value) => f(sum + value), 0) / values.length);
  const centred = values.map((value) => value - mean);
  const squares = centred.reduce((sum, value) => f(sum + f(value * value)), 0);
  const deviation = f(Math.sqrt(f(f(squares / values.length) + f(layerNormEpsilon))));
  return centred.map((value) => value / deviation);
}

function activationCodes(input: Float32Array, layer: IntegerLayer): { codes: Float32Array; worth: number } {
  if (layer.kind === 'static') {
    const worth = layer.activationScale;
    return { codes: input.map((value) => clampedCode(f(value / worth), largestActivation)), worth };
  }
  const ternary = layer.kind === 'ternary' && layer.activationBits === 2;
  const normal = norm32(input);
  const worth = ternary
    ? f(normal.reduce((sum, value) => f(sum + Math.abs(value)), 0) / normal.length)
    : f(normal.reduce((max, value) => Math.max(max, Math.abs(value)), 0) / largestActivation);
  const most = ternary ? 1 : largestActivation;
  return { codes: normal.map((value) => (worth > 0 ? clampedCode(f(value / worth), most) : 0)), worth };
}

const clampedCode = (quotient: number, most: number) =>
  roundHalfEven(Math.max(-most, Math.min(most, quotient)));

function integerLinear(layer: IntegerLayer, input: Float32Array): Float32Array {
  const { inputs, outputs, scales, bias } = layer;
  const { codes, worth } = activationCodes(input, layer);
  return Float32Array.from({ length: outputs }, (_, o) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += layer.codes[o * inputs + i]! * codes[i]!;
    const scale = f(worth * scales[scales.length === 1 ? 0 : o]!);
    return f(f(f(sum) * scale) + bias[o]!);
  });
}

function linear(
  { kind, inputs, outputs, weights, bias }: LinearLayer | LatentLayer | CalibratedLayer,
  input: Float32Array,
): Float32Array {
  const values = kind === 'latent' ? norm32(input) : input;
  return Float32Array.from({ length: outputs }, (_, o) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum = f(sum + f(weights[o * inputs + i]! * values[i]!));
    return f(sum + bias[o]!);
  });
}
