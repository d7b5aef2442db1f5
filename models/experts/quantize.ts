import { quantizeWeights } from '../quantizers/bitlinear.ts';
import type { BitLinearLayer, Expert, LatentExpert } from './expert.ts';

/** Rounds every latent layer's weights to 4-bit codes; float layers, biases and norms stay. */
export function quantizeExpert(latent: LatentExpert): Expert {
  const layers = latent.layers.map((layer) => {
    if (layer.kind === 'linear') return layer;
    const { inputs, outputs, bias, norm, weights } = layer;
    const { codes, scale } = quantizeWeights(weights, 4);
    return {
      kind: 'bitlinear',
      weightBits: 4,
      inputs,
      outputs,
      bias,
      norm,
      codes,
      scales: Float32Array.of(scale),
    } satisfies BitLinearLayer;
  });
  return { ...latent, layers };
}
