import { addFrontEnd, frontEndModel, type EmbeddedBy } from '../features/front-end.ts';
import { frontEnd } from '../features/log-mel.ts';
import { Graph } from '../onnx/graph.ts';
import type { Expert, LatentExpert } from './expert.ts';
import { addNetwork } from './graph.ts';

/**
 * The quantized reference, PCM to logits in one graph: the arithmetic that a board runs.
 * Input `pcm` float32 [samples], 16 kHz in [-1, 1), at least 15,600 of them; outputs `logits`
 * [patches, classes], `log_mel` [frames, 64] and `embedding` [patches, D], all float32.
 * @param encoder the one that the expert was trained with; null: the log-mel's statistics
 */
export function quantizedModel(expert: Expert, encoder: EmbeddedBy = null): Uint8Array<ArrayBuffer> {
  return model(expert, 'quantized', encoder);
}

/**
 * The float reference: the same weights before quantization, activations unquantized; same inputs and
 * outputs. The difference to the quantized reference is the quantization error.
 */
export function floatModel(
  latent: LatentExpert | Expert,
  encoder: EmbeddedBy = null,
): Uint8Array<ArrayBuffer> {
  return model(latent, 'float', encoder);
}

/**
 * The router's reference: its plain logits, as in a run without dropout; inputs and outputs as above, `labels`
 * being the experts.
 */
export function routerModel(router: Expert, encoder: EmbeddedBy = null): Uint8Array<ArrayBuffer> {
  // Of a cascade whose first expert decides there is nothing behind the embedding.
  if (router.layers.length === 0) return frontEndModel(undefined, encoder);
  return model(router, 'router', encoder);
}

/**
 * The network alone, for an encoder that is not this lab's: input `embedding` float32 [windows, D], output `logits`
 * float32 [windows, classes]; with the arithmetic of a board.
 */
export function headModel(expert: Expert): Uint8Array<ArrayBuffer> {
  const graph = new Graph(`${expert.name} (head)`);
  const embedding = graph.input('embedding', 'float32', ['windows', expert.standardization.offset.length]);
  const value = addNetwork(graph, graph.cast(embedding, 'float64'), expert);
  graph.output('logits', graph.cast(value, 'float32'), 'float32', ['windows', expert.labels.length]);
  return graph.finish({ name: expert.name, labels: JSON.stringify(expert.labels) });
}

function model(
  expert: Expert | LatentExpert,
  kind: 'quantized' | 'float' | 'router',
  encoder: EmbeddedBy,
): Uint8Array<ArrayBuffer> {
  const graph = new Graph(`${expert.name} (${kind})`);
  const value = addNetwork(graph, addFrontEnd(graph, frontEnd.patchHop, encoder), expert);
  graph.output('logits', graph.cast(value, 'float32'), 'float32', ['patches', expert.labels.length]);
  return graph.finish({
    name: expert.name,
    version: String(expert.version),
    kind,
    sample_rate: String(frontEnd.sampleRate),
    labels: JSON.stringify(expert.labels),
  });
}
