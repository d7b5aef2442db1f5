/** Embeddings as boards make them: by the firmware's own core, which is many times faster than the reference graph. */
import { Engine, type EngineImages } from '../../../devices/engine/engine.ts';
import { buildExpert, type BuiltEncoder } from '../../../models/bank/build.ts';
import { embeddingSizeOf } from '../../../models/encoder/encoder.ts';
import type { LatentExpert } from '../../../models/experts/expert.ts';
import { statisticsSize } from '../../../models/features/graph.ts';
import { frontEnd } from '../../../models/features/log-mel.ts';
import { toInt16 } from '../../recordings/pcm16k.ts';
import { concatenate } from '../../recordings/concatenate.ts';

/** @param encoder null: the log-mel's statistics */
export function imagesToEmbedWith(encoder: BuiltEncoder | null): EngineImages {
  const size = encoder ? embeddingSizeOf(encoder.quantized) : statisticsSize;
  const expert = buildExpert(silentExpert(size), 8, encoder);
  return { encoders: encoder ? [encoder.files.image] : [], router: null, experts: [expert.image] };
}

/** The engine embeds what an expert asks for; this one has nothing to say of it. */
function silentExpert(size: number): LatentExpert {
  const layer = { inputs: size, outputs: 2, weights: new Float32Array(2 * size), bias: new Float32Array(2) };
  return {
    ...{ name: 'embedding', version: 1, labels: ['none', 'nothing'] },
    standardization: { offset: new Float32Array(size), scale: new Float32Array(size).fill(1) },
    layers: [{ kind: 'linear', ...layer, norm: null }],
  };
}

/** @param pcm 16 kHz mono in [-1, 1), whole steps of 1 / 32,768, at least one window @returns [patches][size], row-major */
export function embedAsBoard(
  engine: Engine,
  pcm: Float32Array,
): { embeddings: Float32Array; patches: number } {
  const answers = [...engine.stream(frontEnd.patchHop, { embeddings: true }).push(toInt16(pcm))];
  return {
    embeddings: concatenate(answers.map(({ embeddings }) => embeddings)),
    patches: answers.reduce((sum, { windows }) => sum + windows, 0),
  };
}
