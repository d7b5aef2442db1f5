/** Reference inference beside the page: the same graphs the lab ships, in ONNX Runtime Web, one task after another. */
import * as runtime from 'onnxruntime-web/wasm';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { frontEndModel } from '../../models/features/front-end.ts';
import { patchSamples } from '../../models/features/log-mel.ts';
import { createReference, type Reference } from '../../models/reference/reference.ts';
import { routerReference, type RouterReference } from '../../models/reference/router-reference.ts';
import type { LogMel, ReferenceReply, ReferenceRequest, ReferenceResult, ReferenceTask } from './messages.ts';

runtime.env.wasm.wasmPaths = { wasm };
runtime.env.wasm.numThreads = 1;

const graphs = new Map<string, Promise<Reference>>();
const routers = new Map<string, RouterReference>();
let frontEnd: Promise<runtime.InferenceSession> | null = null;

async function logMel(pcm: Float32Array): Promise<LogMel> {
  frontEnd ??= runtime.InferenceSession.create(frontEndModel(), { executionProviders: ['wasm'] });
  // The graph cuts patches as well, so it wants at least one; the frames of the silence behind are dropped again.
  const padded = new Float32Array(Math.max(pcm.length, patchSamples));
  padded.set(pcm);
  const session = await frontEnd;
  const { log_mel } = await session.run({ pcm: new runtime.Tensor('float32', padded, [padded.length]) }, [
    'log_mel',
  ]);
  const frames = Math.ceil((log_mel!.dims[0]! * pcm.length) / padded.length);
  return { frames, values: (log_mel!.data as Float32Array).slice(0, frames * 64) };
}

async function run(task: ReferenceTask): Promise<ReferenceResult> {
  switch (task.kind) {
    case 'log-mel':
      return logMel(task.pcm);
    case 'open':
      if (!graphs.has(task.graph)) graphs.set(task.graph, createReference(runtime, task.model));
      await graphs.get(task.graph);
      return null;
    case 'answer': {
      const reference = await graphs.get(task.graph);
      if (!reference) throw new Error(`The reference graph ${task.graph} was not opened.`);
      const { logits, embedding } = await reference.runWithFeatures(task.pcm);
      return { logits, embedding };
    }
    case 'open-router': {
      const router = routerReference(task.files);
      routers.set(task.router, router);
      return router.topK;
    }
    case 'route': {
      const { heard, inferenceId } = task;
      const router = routers.get(task.router);
      if (!router) throw new Error(`The router ${task.router} was not opened.`);
      return {
        quantized: router.quantized(heard.quantized, inferenceId),
        float: router.float(heard.float, inferenceId),
      };
    }
  }
}

// A session takes one run at a time: tasks wait for each other here.
let last: Promise<unknown> = Promise.resolve();
const answer = (reply: ReferenceReply) => postMessage(reply);

addEventListener('message', ({ data: { id, task } }: MessageEvent<ReferenceRequest>) => {
  last = last.then(async () => {
    try {
      answer({ id, ok: true, result: await run(task) });
    } catch (thrown) {
      if (task.kind === 'open') graphs.delete(task.graph);
      answer({ id, ok: false, message: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  });
});
