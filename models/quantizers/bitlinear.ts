/**
 * BitLinear's two quantizers on plain arrays. Training has the same in tensors (models/training), graphs in
 * nodes (models/experts); tests hold the three together.
 */

export interface QuantizedWeights {
  /** in the order of the weights; Int16Array for more than 8 bits */
  readonly codes: Int8Array | Int16Array;
  /** what one code is worth; a binary32 value, > 0 */
  readonly scale: number;
}

const smallestNormal = 2 ** -126;

/** The largest code of a symmetric k-bit quantizer: 2^(k−1) − 1, so 7 for 4 bits; 1 for 1 bit. */
export function largestCode(bits: number): number {
  return bits === 1 ? 1 : 2 ** (bits - 1) - 1;
}

/** Rounds half to even, as IEEE 754, ONNX's Round and C's rintf do. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * Scale as an image takes it: binary32 and > 0. Values that are all zero, or nearly, serve with any; below
 * binary32's smallest normal number a scale has lost its precision, and some processors flush it to zero.
 */
export function usableScale(scale: number): number {
  const rounded = Math.fround(scale);
  return rounded >= smallestNormal ? rounded : 1;
}

/** Each value's distance from the mean of all. */
export function centred(weights: Float32Array): Float64Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return Float64Array.from(weights, (weight) => weight - mean);
}

/**
 * Weights of one layer, or of one of its outputs (per-channel scales): centred on their mean, then
 * - 2 bits and more: symmetric absmax, code = round((w − mean) / scale), scale = max|w − mean| / (2^(bits−1) − 1);
 * - 1 bit: the sign, 1 for 0; scale = mean|w − mean|, which is the nearest such tensor by least squares.
 *
 * The mean is dropped, not stored: a BitLinear layer's input comes out of LayerNorm and sums to zero, so
 * Σ mean · a_i = 0 and adding the mean back would change nothing.
 * @param bits 1, 2, 4, 8 or 16
 * @param inputs length of a row: with 16 bits the scale is widened until no row's Σ|code| passes the bound that
 *   keeps a board's 32-bit sums from overflowing
 */
export function quantizeWeights(
  weights: Float32Array,
  bits: number,
  inputs: number = weights.length,
): QuantizedWeights {
  const values = centred(weights);
  if (bits === 1) {
    const mean = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
    return { codes: Int8Array.from(values, (value) => (value < 0 ? -1 : 1)), scale: usableScale(mean) };
  }
  const levels = largestCode(bits);
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const scale = usableScale(Math.max(largest / levels, bits === 16 ? narrowest(values, inputs) : 0));
  const codes = bits > 8 ? new Int16Array(values.length) : new Int8Array(values.length);
  values.forEach((value, i) => {
    codes[i] = Math.max(-levels, Math.min(levels, roundHalfEven(value / scale)));
  });
  return { codes, scale };
}

/** Largest Σ|code| of a row of 16-bit weights: (2^31 − 1) / 127 (models/packing/IMAGE.md, accumulators). */
export const largestRowSum = 16_909_320;

/** The scale below which rounding could bring a row's Σ|code| over the bound: each code may round up by a half. */
function narrowest(values: Float64Array, inputs: number): number {
  let largest = 0;
  for (let row = 0; row < values.length; row += inputs) {
    const sum = values.subarray(row, row + inputs).reduce((total, value) => total + Math.abs(value), 0);
    largest = Math.max(largest, sum);
  }
  // one more code: the scale itself is rounded to binary32
  return largest / (largestRowSum - inputs);
}

/** Subtracts the mean and divides by sqrt(variance + 1e-5): LayerNorm without gain and bias. */
export function layerNorm(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const variance = centred.reduce((sum, value) => sum + value * value, 0) / values.length;
  return centred.map((value) => value / Math.sqrt(variance + layerNormEpsilon));
}

export const layerNormEpsilon = 1e-5;

/** The largest activation code: activations are int8 by absmax of the sample, −127 … 127. */
export const largestActivation = 127;

/** One sample's activations after LayerNorm: q = round(a / s), s = max|a| / 127; all zero if max|a| is 0. */
export function quantizeActivations(values: Float64Array): { codes: Int8Array; scale: number } {
  const normal = layerNorm(values);
  const scale = normal.reduce((max, value) => Math.max(max, Math.abs(value)), 0) / largestActivation;
  return { codes: Int8Array.from(normal, (value) => (scale > 0 ? roundHalfEven(value / scale) : 0)), scale };
}
