import type { LatentExpert } from '../experts/expert.ts';
import { floatModel, quantizedModel } from '../experts/models.ts';
import { quantizeExpert } from '../experts/quantize.ts';
import { packExpert } from '../packing/pack.ts';

export interface BuiltExpert {
  readonly image: Uint8Array<ArrayBuffer>;
  readonly 'quantized.onnx': Uint8Array<ArrayBuffer>;
  readonly 'float.onnx': Uint8Array<ArrayBuffer>;
}

/** Everything that follows from an expert's latent weights; the same weights give the same bytes. */
export function buildExpert(latent: LatentExpert): BuiltExpert {
  const quantized = quantizeExpert(latent);
  const graph = quantizedModel(quantized);
  return {
    image: packExpert(quantized, graph),
    'quantized.onnx': graph,
    'float.onnx': floatModel(latent),
  };
}
