import { quantizeWeights } from '../quantizers/bitlinear.ts';
import { quantizeTernaryWeights } from '../quantizers/ternary.ts';
import type { Expert, IntegerLayer, LatentExpert, LatentLayer, Precision, WeightBits } from './expert.ts';

export interface QuantizationOptions {
  /** one scale for each output instead of one for the layer; ternary weights always have that */
  readonly perChannel?: boolean;
}

/** Rounds every latent layer's weights to codes; float layers, biases and norms stay. */
export function quantizeExpert(
  latent: LatentExpert,
  precision: Precision = 4,
  { perChannel = false }: QuantizationOptions = {},
): Expert {
  return {
    ...latent,
    layers: latent.layers.map((layer) =>
      layer.kind === 'linear' ? layer : quantizeLayer(layer, precision, perChannel),
    ),
  };
}

export function quantizeLayer(layer: LatentLayer, precision: Precision, perChannel: boolean): IntegerLayer {
  const { weights, kind: _latent, ...shape } = layer;
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
