/**
 * Post-training quantization to 8 bits on plain arrays: weights symmetric with a scale an output, and three ways to
 * choose the fixed scale of a layer's activations from a calibration sample.
 */
import { largestActivation, largestCode, roundHalfEven, usableScale } from './bitlinear.ts';

/** How the range of activations is chosen. */
export const calibrations = ['min-max', 'percentile', 'mse'] as const;
export type Calibration = (typeof calibrations)[number];

/**
 * Weights of one layer, not centred: scale_o = max|w_o| / 127, code = round(w / scale_o)
 * (Wu et al. 2020, arXiv 2004.09602, “scale quantization”, with a scale an output).
 * @param weights [outputs][inputs]
 */
export function quantizeSymmetric(
  weights: Float32Array,
  outputs: number,
): { codes: Int8Array; scales: Float32Array } {
  const inputs = weights.length / outputs;
  const most = largestCode(8);
  const codes = new Int8Array(weights.length);
  const scales = Float32Array.from({ length: outputs }, (_, o) => {
    const row = weights.subarray(o * inputs, (o + 1) * inputs);
    const scale = usableScale(row.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0) / most);
    row.forEach((weight, i) => {
      codes[o * inputs + i] = clampedCode(weight / scale, most);
    });
    return scale;
  });
  return { codes, scales };
}

/** Share of the magnitudes that percentile calibration leaves unclipped. */
export const defaultPercentile = 0.9999;

/** Candidates of MSE calibration: the largest magnitude times k / 100 for k from 20 to 100. */
const finest = 100;
const narrowest = 20;

/**
 * The scale s of a layer's activations, q = clamp(round(v / s), ±127), from values seen in calibration:
 * - min-max: s = max|v| / 127, nothing is clipped;
 * - percentile: s = (the magnitude that a share `percentile` of all does not pass) / 127
 *   (both Wu et al. 2020, arXiv 2004.09602, “calibration”);
 * - mse: of 81 ranges evenly from a fifth of max|v| to max|v| the one with the least Σ (v − s·q)²
 *   (Nagel et al. 2021, arXiv 2106.08295, “quantization range setting”, by grid search).
 * @returns a binary32 value > 0
 */
export function activationScale(
  values: Float32Array,
  calibration: Calibration,
  percentile: number = defaultPercentile,
): number {
  const magnitudes = values.map(Math.abs);
  const largest = magnitudes.reduce((max, value) => Math.max(max, value), 0);
  switch (calibration) {
    case 'min-max':
      return usableScale(largest / largestActivation);
    case 'percentile': {
      magnitudes.sort();
      const at = Math.ceil(percentile * magnitudes.length) - 1;
      return usableScale(magnitudes[Math.max(0, at)]! / largestActivation);
    }
    case 'mse': {
      let best = { scale: usableScale(largest / largestActivation), error: Infinity };
      for (let k = finest; k >= narrowest; k--) {
        const scale = usableScale(((largest / largestActivation) * k) / finest);
        const error = squaredError(magnitudes, scale);
        if (error < best.error) best = { scale, error };
      }
      return best.scale;
    }
  }
}

function squaredError(values: Float32Array, scale: number): number {
  let sum = 0;
  for (const value of values) sum += (value - scale * clampedCode(value / scale, largestActivation)) ** 2;
  return sum;
}

function clampedCode(quotient: number, most: number): number {
  return Math.max(-most, Math.min(most, roundHalfEven(quotient)));
}
