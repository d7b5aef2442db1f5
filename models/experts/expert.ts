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
  /** ReLU alone after the layer; only without `norm`. */
  readonly relu?: boolean;
  /** Dropout behind all that; only in a router, whose passes draw it. */
  readonly dropout?: boolean;
}

export const weightBitsOfBitLinear = [1, 2, 4, 8, 16] as const;
export type WeightBits = (typeof weightBitsOfBitLinear)[number];

/** LN, int8 activations, integer weights: y_o = Σ code · q · (s · scale_o) + bias_o. */
export interface BitLinearLayer extends LayerShape {
  readonly kind: 'bitlinear';
  readonly weightBits: WeightBits;
  /** −1 and 1 with 1 bit, else two's complement numbers of so many bits; Int16Array with 16 bits */
  readonly codes: Int8Array | Int16Array;
  /** one for the whole layer, or one an output */
  readonly scales: Float32Array;
}

/** The same with weights −1, 0 and 1, and int8 or ternary activations. */
export interface TernaryLayer extends LayerShape {
  readonly kind: 'ternary';
  readonly activationBits: 8 | 2;
  readonly codes: Int8Array;
  readonly scales: Float32Array;
}

/**
 * Post-training quantization: no LayerNorm before the layer, activations by a scale fixed beforehand:
 * q = clamp(round(v / s), ±127), y_o = Σ code · q · (s · scale_o) + bias_o.
 */
export interface StaticLayer extends LayerShape {
  readonly kind: 'static';
  /** s: what one activation code is worth; > 0 */
  readonly activationScale: number;
  /** −127 to 127 */
  readonly codes: Int8Array;
  /** one for the whole layer, or one an output */
  readonly scales: Float32Array;
}

export type IntegerLayer = BitLinearLayer | TernaryLayer | StaticLayer;

/** y = Σ weight · v + bias. */
export interface LinearLayer extends LayerShape {
  readonly kind: 'linear';
  readonly weights: Float32Array;
}

/** An integer layer before quantization: LN, then float weights. */
export interface LatentLayer extends LayerShape {
  readonly kind: 'latent';
  readonly weights: Float32Array;
}

/** A static layer before quantization: a linear one with the scale that calibration found for its activations. */
export interface CalibratedLayer extends LayerShape {
  readonly kind: 'calibrated';
  readonly activationScale: number;
  readonly weights: Float32Array;
}

/** Of a network that a board runs, or of what it was made from. */
export type AnyLayer = IntegerLayer | LatentLayer | CalibratedLayer | LinearLayer;

/** A classifier of embeddings. */
export interface Network<Layer> {
  /** At most 31 bytes of UTF-8; the board shows it. */
  readonly name: string;
  readonly version: number;
  /** one an output */
  readonly labels: readonly string[];
  readonly standardization: Standardization;
  /** SHA-256 of the image of the encoder that makes its embeddings; without: the log-mel's statistics */
  readonly encoderHash?: Uint8Array;
  /** First to last; the last layer's outputs are the logits. */
  readonly layers: readonly Layer[];
}

/** What a board runs. */
export type Expert = Network<IntegerLayer | LinearLayer>;

/** What training yields: the same expert with no number rounded. With linear layers alone it is the float reference. */
export type LatentExpert = Network<LatentLayer | CalibratedLayer | LinearLayer>;

/**
 * What quantization-aware training makes: bits of BitLinear weights, or ternary weights with int8 or ternary activations;
 * those of `ternary-absmean` are rounded by absmean, the others by a threshold.
 */
export type TrainedPrecision = WeightBits | 'ternary' | 'ternary-absmean' | 'ternary-activations';

/** How the integer layers compute; `static8`: post-training quantization to 8 bits. */
export type Precision = TrainedPrecision | 'static8';

/** @returns 32 where every layer is float; `ternary` for weights by either rule, of which their codes do not tell */
export function precisionOf({ layers }: Expert): Precision | 32 {
  for (const layer of layers) {
    if (layer.kind === 'bitlinear') return layer.weightBits;
    if (layer.kind === 'static') return 'static8';
    if (layer.kind === 'ternary') return layer.activationBits === 2 ? 'ternary-activations' : 'ternary';
  }
  return 32;
}
