/**
 * An expert as data: what training yields, what graphs and images are made of. Matrices are row-major
 * [outputs][inputs]; every number is a binary32 value.
 */

/** Embedding standardization: e' = (e − offset) · scale. */
export interface Standardization {
  readonly offset: Float32Array;
  readonly scale: Float32Array;
}

interface LayerShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: Float32Array;
  /** LayerNorm with gain and bias, then ReLU, after the layer; null for none. */
  readonly norm: { readonly gain: Float32Array; readonly bias: Float32Array } | null;
}

/** LN, int8 activations, integer weights: y_o = Σ code · q · (s · scale_o) + bias_o. */
export interface BitLinearLayer extends LayerShape {
  readonly kind: 'bitlinear';
  readonly weightBits: 4;
  readonly codes: Int8Array;
  /** one for the whole layer, or one an output */
  readonly scales: Float32Array;
}

/** y = Σ weight · v + bias. */
export interface LinearLayer extends LayerShape {
  readonly kind: 'linear';
  readonly weights: Float32Array;
}

/** A BitLinear layer before quantization: LN, then float weights. */
export interface LatentLayer extends LayerShape {
  readonly kind: 'latent';
  readonly weights: Float32Array;
}

interface ExpertOf<Layer> {
  /** At most 31 bytes of UTF-8; the board shows it. */
  readonly name: string;
  readonly version: number;
  readonly labels: readonly string[];
  readonly standardization: Standardization;
  /** First to last; the last layer's outputs are the logits. */
  readonly layers: readonly Layer[];
}

/** What a board runs. */
export type Expert = ExpertOf<BitLinearLayer | LinearLayer>;

/** What quantization-aware training holds underneath: the same expert with no number rounded. */
export type LatentExpert = ExpertOf<LatentLayer | LinearLayer>;

/** Bits of the hidden layers' weights: 4, or 32 if every layer is float. */
export function weightBits(expert: Expert): number {
  return expert.layers.some((layer) => layer.kind === 'bitlinear') ? 4 : 32;
}
