import { embeddingSizeOf, type Encoder, type FloatEncoder } from '../encoder/encoder.ts';
import { addEncoder, addFloatEncoder } from '../encoder/graph.ts';
import { Graph, type Value } from '../onnx/graph.ts';
import { addLogMel, addPatches, addStatisticsEncoder, statisticsSize } from './graph.ts';
import { frontEnd } from './log-mel.ts';

/** What makes the embedding: an encoder, as a board runs it or in float, or null for the log-mel's statistics. */
export type EmbeddedBy = Encoder | FloatEncoder | null;

/**
 * Starts a reference graph: input `pcm` float32 [samples]; outputs `log_mel` float32 [frames, 64] and
 * `embedding` float32 [patches, D].
 * @returns the embedding in float64, for what follows
 */
export function addFrontEnd(graph: Graph, patchHop: number, encoder: EmbeddedBy): Value {
  const logMel = addLogMel(graph, graph.input('pcm', 'float32', ['samples']));
  const embedding = addEmbedding(graph, addPatches(graph, logMel, patchHop), encoder);
  graph.output('log_mel', logMel, 'float32', ['frames', frontEnd.melBands]);
  const size = encoder ? embeddingSizeOf(encoder) : statisticsSize;
  graph.output('embedding', graph.cast(embedding, 'float32'), 'float32', ['patches', size]);
  return embedding;
}

/** @param patches float32 [patches, 96, 64] @returns float64 [patches, D] */
function addEmbedding(graph: Graph, patches: Value, encoder: EmbeddedBy): Value {
  if (encoder === null) return addStatisticsEncoder(graph, patches);
  return 'unit' in encoder ? addEncoder(graph, patches, encoder) : addFloatEncoder(graph, patches, encoder);
}

/**
 * Front end and encoder alone, as an ONNX file: what training gets its embeddings from.
 * @param patchHop frames from patch to patch; 24 gives training twice as many patches
 */
export function frontEndModel(
  patchHop: number = frontEnd.patchHop,
  encoder: EmbeddedBy = null,
): Uint8Array<ArrayBuffer> {
  const graph = new Graph(encoder?.name ?? 'front_end');
  addFrontEnd(graph, patchHop, encoder);
  return graph.finish({ kind: 'front-end', sample_rate: String(frontEnd.sampleRate) });
}

/**
 * From log-mel frames on: input `log_mel` float32 [frames, 64], output `embedding` float32 [patches, D]. Training
 * masks log-mel (SpecAugment) in between.
 */
export function encoderModel(
  patchHop: number = frontEnd.patchHop,
  encoder: EmbeddedBy = null,
): Uint8Array<ArrayBuffer> {
  const graph = new Graph(encoder?.name ?? 'encoder');
  const logMel = graph.input('log_mel', 'float32', ['frames', frontEnd.melBands]);
  const embedding = addEmbedding(graph, addPatches(graph, logMel, patchHop), encoder);
  const size = encoder ? embeddingSizeOf(encoder) : statisticsSize;
  graph.output('embedding', graph.cast(embedding, 'float32'), 'float32', ['patches', size]);
  return graph.finish({ kind: 'encoder' });
}
