import { quantizeWeights } from '../quantizers/bitlinear.ts';
import { quantizeAbsmeanWeights, quantizeTernaryWeights } from '../quantizers/ternary.ts';
import { quantizeSymmetric } from '../quantizers/ptq.ts';
import type {
  CalibratedLayer,
  Expert,
  IntegerLayer,
  LatentExpert,
  LatentLayer,
  Precision,
  WeightBits,
} from './expert.ts';

export interface QuantizationOptions {
  /** one scale for each output instead of one for the layer; ternary weights always have that */
  readonly perChannel?: boolean;
}

/**
 * Rounds every latent and calibrated layer's weights to codes; float layers, biases and norms stay.
 * @param precision that the layers were trained, or calibrated, for; 32 where all are float
 * @throws RangeError if a layer was made for something else
 */
export function quantizeExpert(
  latent: LatentExpert,
  precision: Precision | 32 = 4,
  { perChannel = false }: QuantizationOptions = {},
): Expert {
  return {
    ...latent,
    layers: latent.layers.map((layer) =>
      layer.kind === 'linear' ? layer : quantizeLayer(layer, precision, perChannel),
    ),
  };
}

/** @throws RangeError as quantizeExpert */
export function quantizeLayer(
  layer: LatentLayer | CalibratedLayer,
  precision: Precision | 32,
  perChannel: boolean,
): IntegerLayer {
  if (layer.kind === 'calibrated' && precision === 'static8') {
    const { weights, kind: _calibrated, ...shape } = layer;
    return { kind: 'static', ...shape, ...quantizeSymmetric(weights, layer.outputs) };
  }
  if (layer.kind === 'calibrated' || precision === 'static8' || precision === 32) {
    throw new RangeError(`A ${layer.kind} layer does not become one of precision ${precision}`);
  }
  const { weights, kind: _latent, ...shape } = layer;
  if (precision === 'ternary-absmean') {
    const codes = quantizeAbsmeanWeights(weights, layer.outputs);
    return { kind: 'ternary', activationBits: 8, ...shape, ...codes };
  }
  if (precision === 'ternary' || precision === 'ternary-activations') {
    const activationBits = precision === 'ternary' ? 8 : 2;
    return { kind: 'ternary', activationBits, ...shape, ...quantizeTernaryWeights(weights, layer.outputs) };
  }
  const rows = perChannel ? quantizeRows(weights, precision, layer.inputs) : null;
  if (rows) return { kind: 'bitlinear', weightBits: precision, ...shape, ...rows };
  const { codes, scale } = quantizeWeights(weights, precision, layer.inputs);
  return { kind: 'bitlinear', weightBits: precision, ...shape, codes, scales: Float32Array.of(scale) };
}

/** Each output's weights by themselves. */
function quantizeRows(weights: Float32Array, bits: WeightBits, inputs: number) {
  const codes = bits === 16 ? new Int16Array(weights.length) : new Int8Array(weights.length);
  const scales = new Float32Array(weights.length / inputs);
  scales.forEach((_, o) => {
    const row = quantizeWeights(weights.subarray(o * inputs, (o + 1) * inputs), bits);
    codes.set(row.codes, o * inputs);
    scales[o] = row.scale;
  });
  return { codes, scales };
}
