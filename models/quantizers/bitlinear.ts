/**
 * BitLinear's two quantizers on plain arrays. Training has the same in tensors (models/training), graphs in
 * nodes (models/experts); tests hold the three together.
 */

export interface QuantizedWeights {
  /** −levels … levels, in the order of the weights */
  readonly codes: Int8Array;
  /** what one code is worth; a binary32 value, > 0 */
  readonly scale: number;
}

const smallestNormal = 2 ** -126;

/** The largest code of a symmetric k-bit quantizer: 2^(k−1) − 1, so 7 for 4 bits. */
export function largestCode(bits: number): number {
  return 2 ** (bits - 1) - 1;
}

/** Rounds half to even, as IEEE 754, ONNX's Round and C's rintf do. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * Weights of one layer: centred on their mean, then symmetric absmax over the whole tensor,
 * code = round((w − mean) / scale), scale = max|w − mean| / (2^(bits−1) − 1).
 *
 * The mean is dropped, not stored: a BitLinear layer's input comes out of LayerNorm and sums to zero, so
 * Σ mean · a_i = 0 and adding the mean back would change nothing.
 * @param bits 2 to 8
 */
export function quantizeWeights(weights: Float32Array, bits: number): QuantizedWeights {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const largest = weights.reduce((max, weight) => Math.max(max, Math.abs(weight - mean)), 0);
  const levels = largestCode(bits);
  // A constant tensor centres to zeros, or nearly: any scale serves then, and an image's must be > 0. Below
  // binary32's smallest normal number a scale has lost its precision, and some processors flush it to zero.
  const absmax = Math.fround(largest / levels);
  const scale = absmax >= smallestNormal ? absmax : 1;
  const codes = Int8Array.from(weights, (weight) =>
    Math.max(-levels, Math.min(levels, roundHalfEven((weight - mean) / scale))),
  );
  return { codes, scale };
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
