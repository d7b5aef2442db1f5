import * as tf from '@tensorflow/tfjs-core';
import type { CalibratedLayer, LatentExpert, LinearLayer } from '../experts/expert.ts';
import { activationScale, type Calibration } from '../quantizers/ptq.ts';
import { applied, type TrainingData } from './data.ts';
import { applyLayer } from './logits.ts';

/** Samples that a calibration looks at: more change the scales little. */
const calibrationSamples = 512;

/**
 * Makes a float reference ready for post-training quantization: every layer but the last gets the scale of its
 * activations from samples spread evenly over `rows`.
 * @param calibration how the scale is chosen (models/quantizers/ptq.ts)
 * @throws RangeError if the expert has other layers than linear ones
 */
export function calibrate(
  reference: LatentExpert,
  data: Pick<TrainingData, 'embeddings' | 'size'>,
  rows: readonly number[],
  calibration: Calibration,
): LatentExpert {
  const linear = reference.layers.map((layer) => {
    if (layer.kind === 'linear') return layer;
    throw new RangeError(`Only a float reference can be calibrated; this has a ${layer.kind} layer`);
  });
  const count = Math.min(calibrationSamples, rows.length);
  const seen = Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);
  const embeddings = new Float32Array(count * data.size);
  seen.forEach((row, i) => {
    embeddings.set(data.embeddings.subarray(row * data.size, (row + 1) * data.size), i * data.size);
  });
  const features = applied({ embeddings, size: data.size }, reference.standardization);
  const scales: number[] = [];
  tf.tidy(() => {
    let value = tf.tensor2d(features, [count, data.size]);
    for (const layer of linear.slice(0, -1)) {
      scales.push(activationScale(value.dataSync() as Float32Array, calibration));
      value = applyLayer(layer, value);
    }
  });
  const layers = linear.map((layer, i): CalibratedLayer | LinearLayer =>
    i === linear.length - 1 ? layer : { ...layer, kind: 'calibrated', activationScale: scales[i]! },
  );
  return { ...reference, layers };
}
