/** Ternary quantizers on plain arrays: weights by a threshold or by absmean, and activations; −1, 0 and 1. */
import { centred, layerNorm, roundHalfEven, usableScale } from './bitlinear.ts';

/** The published range is 0.05 to 0.15. */
export const defaultThreshold = 0.1;

/**
 * Ternary weights with a scale for each output: centred on the layer's mean, code = the sign where
 * |w − mean| > threshold · mean|w − mean|, else 0; scale_o = mean|w − mean| over row o's codes that are not 0.
 * @param threshold share of the mean magnitude
 */
export function quantizeTernaryWeights(
  weights: Float32Array,
  outputs: number,
  threshold: number = defaultThreshold,
): { codes: Int8Array; scales: Float32Array } {
  const values = centred(weights);
  const border = (threshold * values.reduce((sum, value) => sum + Math.abs(value), 0)) / values.length;
  const codes = Int8Array.from(values, (value) => (Math.abs(value) > border ? Math.sign(value) : 0));
  const inputs = weights.length / outputs;
  const scales = Float32Array.from({ length: outputs }, (_, o) => {
    let sum = 0;
    let count = 0;
    for (let i = o * inputs; i < (o + 1) * inputs; i++) {
      if (codes[i] === 0) continue;
      sum += Math.abs(values[i]!);
      count++;
    }
    return usableScale(count === 0 ? 0 : sum / count);
  });
  return { codes, scales };
}

/**
 * Ternary weights with one scale: code = round(w / γ) clamped to ±1, γ = mean|w|, each of all weights of the layer as
 * they are (BitNet b1.58's absmean, arXiv 2402.17764, equations 1 to 3).
 * @returns γ for each output, which is how an image stores it
 */
export function quantizeAbsmeanWeights(
  weights: Float32Array,
  outputs: number,
): { codes: Int8Array; scales: Float32Array } {
  const scale = weights.reduce((sum, weight) => sum + Math.abs(weight), 0) / weights.length;
  const codes = Int8Array.from(weights, (weight) =>
    scale > 0 ? Math.max(-1, Math.min(1, roundHalfEven(weight / scale))) : 0,
  );
  return { codes, scales: new Float32Array(outputs).fill(usableScale(scale)) };
}

/**
 * One sample's activations after LayerNorm: q = round(a / s) clamped to ±1, s = mean|a|; all zero if s is 0
 * (BitNet b1.58's absmean, arXiv 2402.17764, equations 1 to 3, taken for activations).
 */
export function quantizeTernaryActivations(values: Float64Array): { codes: Int8Array; scale: number } {
  const normal = layerNorm(values);
  const scale = normal.reduce((sum, value) => sum + Math.abs(value), 0) / normal.length;
  const codes = Int8Array.from(normal, (value) =>
    scale > 0 ? Math.max(-1, Math.min(1, roundHalfEven(value / scale))) : 0,
  );
  return { codes, scale };
}
