/** The worker thread of a study: embeds clips, lets models answer, scores the answers. */
import * as ort from 'onnxruntime-web';
import { maskLogMel } from '../../../models/augmentation/spec-augment.ts';
import { frontEnd as frontEndShape } from '../../../models/features/log-mel.ts';
import { Random } from '../../../models/training/random.ts';
import { createReference } from '../../../models/reference/reference.ts';
import { assessFold } from '../../../models/study/assess.ts';
import { summarise } from '../../../models/study/summarise.ts';
import { answerRequests } from '../../threads/worker-thread.ts';
import { openOwnEmbedding, type OwnEmbedding } from '../../own-models/own-embedding.ts';
import { joined } from './mixing.ts';
import { masks, rendered, seedOf, type Rendering } from './renderings.ts';
import type { StudyReply, StudyRequest } from './study-messages.ts';

let frontEnd: ort.InferenceSession | null = null;
let encoder: ort.InferenceSession | null = null;
let own: OwnEmbedding | null = null;

async function answer(request: StudyRequest): Promise<StudyReply> {
  switch (request.type) {
    case 'open':
      ort.env.wasm.numThreads = 1;
      await closeAll();
      frontEnd = await ort.InferenceSession.create(request.frontEnd, { executionProviders: ['wasm'] });
      encoder = await ort.InferenceSession.create(request.encoder, { executionProviders: ['wasm'] });
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
  }
}

async function closeAll(): Promise<void> {
  await frontEnd?.release();
  await encoder?.release();
  await own?.release();
  [frontEnd, encoder, own] = [null, null, null];
}

async function embedded(pcm: Float32Array, rendering: Rendering): Promise<ort.Tensor> {
  const heard = { pcm: new ort.Tensor('float32', rendered(pcm, rendering), [pcm.length]) };
  if (!rendering.masked) return (await frontEnd!.run(heard, ['embedding']))['embedding']!;
  const { log_mel: logMel } = await frontEnd!.run(heard, ['log_mel']);
  const masked = maskLogMel(logMel!.data as Float32Array, masks, new Random(seedOf(pcm)));
  const covered = new ort.Tensor('float32', masked, logMel!.dims);
  return (await encoder!.run({ log_mel: covered }, ['embedding']))['embedding']!;
}

async function embedLogMel(logMel: Float32Array, renderings: readonly Rendering[]): Promise<StudyReply> {
  const parts: Float32Array[] = [];
  for (const { masked, decibels, shift, snr } of renderings) {
    if (!masked && (decibels !== 0 || shift !== 0 || snr !== null)) continue;
    const seen = masked ? maskLogMel(logMel, masks, new Random(seedOf(logMel))) : logMel;
    const patch = new ort.Tensor('float32', seen, [frontEndShape.patchFrames, frontEndShape.melBands]);
    parts.push((await encoder!.run({ log_mel: patch }, ['embedding']))['embedding']!.data as Float32Array);
  }
  return { type: 'embedded', embeddings: joined(parts), patches: parts.length };
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
    const embedding = await embedded(pcm, rendering);
    parts.push(embedding.data as Float32Array);
    patches += embedding.dims[0]!;
  }
  return { type: 'embedded', embeddings: joined(parts), patches };
}

answerRequests(answer);
