import type { Encoder, FloatEncoder } from '../encoder/encoder.ts';
import { quantizeEncoder } from '../encoder/quantize.ts';
import type { LatentExpert, Precision } from '../experts/expert.ts';
import { floatModel, quantizedModel, routerModel } from '../experts/models.ts';
import { quantizeExpert } from '../experts/quantize.ts';
import { frontEndModel } from '../features/front-end.ts';
import { packEncoder } from '../packing/pack-encoder.ts';
import { packExpert, packRouter } from '../packing/pack.ts';
import { sha256 } from '../packing/sha256.ts';
import type { Cascade, Routing } from '../router/router.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface BuiltEncoder {
  readonly float: FloatEncoder;
  readonly quantized: Encoder;
  /** of the whole image: what experts name it by */
  readonly hash: Uint8Array;
  readonly files: { readonly image: Bytes; readonly 'quantized.onnx': Bytes; readonly 'float.onnx': Bytes };
}

export interface BuiltExpert {
  readonly image: Bytes;
  readonly 'quantized.onnx': Bytes;
  readonly 'float.onnx': Bytes;
}

/** A router as it was trained, before its experts' images are known. */
export interface LatentRouter {
  readonly expert: LatentExpert;
  readonly precision: Precision | 32;
  readonly prior: Float32Array;
  readonly routing: Routing;
  readonly cascade?: Cascade;
}

/** Everything that follows from an encoder's weights and ranges; the same give the same bytes. */
export function buildEncoder(float: FloatEncoder): BuiltEncoder {
  const quantized = quantizeEncoder(float);
  const graph = frontEndModel(undefined, quantized);
  const image = packEncoder(quantized, graph);
  return {
    float,
    quantized,
    hash: sha256(image),
    files: { image, 'quantized.onnx': graph, 'float.onnx': frontEndModel(undefined, float) },
  };
}

/** Everything that follows from an expert's latent weights and its encoder's; the same give the same bytes. */
export function buildExpert(
  latent: LatentExpert,
  precision: Precision | 32,
  encoder: BuiltEncoder | null,
): BuiltExpert {
  const quantized = { ...quantizeExpert(latent, precision), ...named(encoder) };
  const graph = quantizedModel(quantized, encoder?.quantized ?? null);
  return {
    image: packExpert(quantized, graph),
    'quantized.onnx': graph,
    'float.onnx': floatModel(latent, encoder?.float ?? null),
  };
}

/**
 * @param encoder the one that it takes its embedding from; its experts may bring others
 * @param expertHashes SHA-256 of each expert's whole image, in the router's order
 */
export function buildRouter(
  { expert, precision, prior, routing, cascade }: LatentRouter,
  encoder: BuiltEncoder | null,
  expertHashes: readonly Uint8Array[],
): Pick<BuiltExpert, 'image' | 'quantized.onnx'> {
  const quantized = quantizeExpert(expert, precision);
  const graph = routerModel(quantized, encoder?.quantized ?? null);
  const picking = { prior, routing, expertHashes, ...(cascade ? { cascade } : {}) };
  const router = { ...quantized, ...named(encoder), ...picking };
  return { image: packRouter(router, graph), 'quantized.onnx': graph };
}

const named = (encoder: BuiltEncoder | null) => (encoder ? { encoderHash: encoder.hash } : {});
