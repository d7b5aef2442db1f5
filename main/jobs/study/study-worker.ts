/** The worker thread of a study: embeds clips as boards do, lets models answer, scores the answers. */
import * as ort from 'onnxruntime-web';
import { Engine } from '../../../devices/engine/engine.ts';
import { maskLogMel } from '../../../models/augmentation/spec-augment.ts';
import { frontEnd as frontEndShape } from '../../../models/features/log-mel.ts';
import { Random } from '../../../models/training/random.ts';
import { createReference } from '../../../models/reference/reference.ts';
import { assessFold } from '../../../models/study/assess.ts';
import { trainCascade } from '../../../models/study/cascade-fold.ts';
import { summariseCascade } from '../../../models/study/cascade-summary.ts';
import { summarise } from '../../../models/study/summarise.ts';
import { answerRequests } from '../../threads/worker-thread.ts';
import { openOwnEmbedding, type OwnEmbedding } from '../../own-models/own-embedding.ts';
import { embedAsBoard } from './board-embedding.ts';
import { concatenate } from '../../recordings/concatenate.ts';
import { masks, rendered, seedOf, type Rendering } from './renderings.ts';
import type { StudyReply, StudyRequest } from './study-messages.ts';

/** What embeds sounds as they are heard. */
let engine: Engine | null = null;
/** The same as graphs, for log-mel that is masked or given; opened where they are asked for. */
let graphs: { readonly frontEnd: Uint8Array; readonly encoder: Uint8Array } | null = null;
let frontEnd: ort.InferenceSession | null = null;
let encoder: ort.InferenceSession | null = null;
let own: OwnEmbedding | null = null;

async function answer(request: StudyRequest): Promise<StudyReply> {
  switch (request.type) {
    case 'open':
      ort.env.wasm.numThreads = 1;
      await closeAll();
      engine = await Engine.load(request.wasm, request.images);
      graphs = request;
      return { type: 'opened' };
    case 'openOwn':
      await closeAll();
      own = await openOwnEmbedding(request.folder);
      return { type: 'opened' };
    case 'embed':
      return embed(request.pcm, request.renderings);
    case 'embedLogMel':
      return embedLogMel(request.logMel, request.renderings);
    case 'refer':
      return { type: 'referred', logits: await refer(request.model, request.windows) };
    case 'assess':
      return { type: 'assessed', outcome: await assessFold(request.input) };
    case 'summarise':
      return { type: 'summarised', summary: summarise(request.input) };
    case 'trainCascade':
      return { type: 'cascadeTrained', trained: await trainCascade(request.input) };
    case 'summariseCascade':
      return { type: 'cascadeSummarised', summary: summariseCascade(request.input) };
  }
}

async function closeAll(): Promise<void> {
  await frontEnd?.release();
  await encoder?.release();
  await own?.release();
  [engine, graphs, frontEnd, encoder, own] = [null, null, null, null, null];
}

const opened = (graph: Uint8Array) => ort.InferenceSession.create(graph, { executionProviders: ['wasm'] });

async function embedded(
  pcm: Float32Array,
  rendering: Rendering,
): Promise<{ embeddings: Float32Array; patches: number }> {
  const sound = rendered(pcm, rendering);
  if (!rendering.masked) return embedAsBoard(engine!, sound);
  frontEnd ??= await opened(graphs!.frontEnd);
  const heard = { pcm: new ort.Tensor('float32', sound, [sound.length]) };
  const { log_mel: logMel } = await frontEnd.run(heard, ['log_mel']);
  const masked = maskLogMel(logMel!.data as Float32Array, masks, new Random(seedOf(pcm)));
  return embeddedLogMel(new ort.Tensor('float32', masked, logMel!.dims));
}

async function embeddedLogMel(logMel: ort.Tensor): Promise<{ embeddings: Float32Array; patches: number }> {
  encoder ??= await opened(graphs!.encoder);
  const { embedding } = await encoder.run({ log_mel: logMel }, ['embedding']);
  return { embeddings: embedding!.data as Float32Array, patches: embedding!.dims[0]! };
}

async function embedLogMel(logMel: Float32Array, renderings: readonly Rendering[]): Promise<StudyReply> {
  const parts: Float32Array[] = [];
  for (const { masked, decibels, shift, snr } of renderings) {
    if (!masked && (decibels !== 0 || shift !== 0 || snr !== null)) continue;
    const seen = masked ? maskLogMel(logMel, masks, new Random(seedOf(logMel))) : logMel;
    const patch = new ort.Tensor('float32', seen, [frontEndShape.patchFrames, frontEndShape.melBands]);
    parts.push((await embeddedLogMel(patch)).embeddings);
  }
  return { type: 'embedded', embeddings: concatenate(parts), patches: parts.length };
}

async function refer(model: Uint8Array, windows: readonly Int16Array[]): Promise<Float32Array[]> {
  const reference = await createReference(ort, model);
  const logits: Float32Array[] = [];
  for (const window of windows) {
    logits.push((await reference.run(Float32Array.from(window, (sample) => sample / 32_768))).logits);
  }
  await reference.release();
  return logits;
}

async function embed(pcm: Float32Array, renderings: readonly Rendering[]): Promise<StudyReply> {
  const parts: Float32Array[] = [];
  let patches = 0;
  for (const rendering of renderings) {
    if (own) {
      const { embeddings, windows } = await own.embed(rendered(pcm, rendering));
      parts.push(embeddings);
      patches += windows;
      continue;
    }
    const heard = await embedded(pcm, rendering);
    parts.push(heard.embeddings);
    patches += heard.patches;
  }
  return { type: 'embedded', embeddings: concatenate(parts), patches };
}

answerRequests(answer);
