import { Graph, type Value } from '../onnx/graph.ts';
import { addLogMel, addPatches, addStatisticsEncoder, statisticsSize } from './graph.ts';
import { frontEnd } from './log-mel.ts';

/**
 * Starts a reference graph: input `pcm` float32 [samples]; outputs `log_mel` float32 [frames, 64] and
 * `embedding` float32 [patches, 384].
 * @returns the embedding in float64, for what follows
 */
export function addFrontEnd(graph: Graph, patchHop: number): Value {
  const logMel = addLogMel(graph, graph.input('pcm', 'float32', ['samples']));
  const embedding = addStatisticsEncoder(graph, addPatches(graph, logMel, patchHop));
  graph.output('log_mel', logMel, 'float32', ['frames', frontEnd.melBands]);
  graph.output('embedding', graph.cast(embedding, 'float32'), 'float32', ['patches', statisticsSize]);
  return embedding;
}

/**
 * The front end alone, as an ONNX file: what training gets its embeddings from.
 * @param patchHop frames from patch to patch; 24 gives training twice as many patches
 */
export function frontEndModel(patchHop: number = frontEnd.patchHop): Uint8Array<ArrayBuffer> {
  const graph = new Graph('front_end');
  addFrontEnd(graph, patchHop);
  return graph.finish({ kind: 'front-end', sample_rate: String(frontEnd.sampleRate) });
}
