/** The worker thread of a study: embeds clips, lets models answer, scores the answers. */
import * as ort from 'onnxruntime-web';
import { createReference } from '../../../models/reference/reference.ts';
import { assessFold } from '../../../models/study/assess.ts';
import { summarise } from '../../../models/study/summarise.ts';
import { answerRequests } from '../worker-thread.ts';
import { rendered, type Rendering } from './renderings.ts';
import type { StudyReply, StudyRequest } from './study-messages.ts';

let session: ort.InferenceSession | null = null;

async function answer(request: StudyRequest): Promise<StudyReply> {
  switch (request.type) {
    case 'open':
      ort.env.wasm.numThreads = 1;
      await session?.release();
      session = await ort.InferenceSession.create(request.model, { executionProviders: ['wasm'] });
      return { type: 'opened' };
    case 'embed':
      return embed(request.pcm, request.renderings);
    case 'refer':
      return { type: 'referred', logits: await refer(request.model, request.windows) };
    case 'assess':
      return { type: 'assessed', outcome: await assessFold(request.input) };
    case 'summarise':
      return { type: 'summarised', summary: summarise(request.input) };
  }
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
    const heard = new ort.Tensor('float32', rendered(pcm, rendering), [pcm.length]);
    const { embedding } = await session!.run({ pcm: heard }, ['embedding']);
    parts.push(embedding!.data as Float32Array);
    patches += embedding!.dims[0]!;
  }
  const embeddings = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    embeddings.set(part, at);
    at += part.length;
  }
  return { type: 'embedded', embeddings, patches };
}

answerRequests(answer);
