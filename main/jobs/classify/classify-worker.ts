/** The worker thread: decodes a recording, resamples it and runs the quantized reference over its windows. */
import * as ort from 'onnxruntime-web';
import { workerData } from 'node:worker_threads';
import { createReference, type Reference } from '../../../models/reference/reference.ts';
import { CurlewError } from '../../contract/error.ts';
import { openRecording, type Recording } from '../../recordings/decode.ts';
import { answerRequests, plain } from '../../threads/worker-thread.ts';
import { softmax } from './softmax.ts';
import { windowBatches, type WindowBatch } from './window-batches.ts';
import type { WorkerInput, WorkerReply, WorkerRequest } from './worker-messages.ts';

const { model } = workerData as WorkerInput;
let reference: Reference | null = null;
let open: { recording: Recording; batches: AsyncGenerator<WindowBatch, number, undefined> } | null = null;

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  switch (request.type) {
    case 'start':
      reference = await createReference(ort, model);
      return { type: 'started' };
    case 'open': {
      await open?.batches.return(0);
      const recording = await openRecording(request.path);
      open = { recording, batches: windowBatches(recording, request.fromWindow) };
      return { type: 'opened', info: recording.info };
    }
    case 'next': {
      const { recording, batches } = open!;
      const next = await batches.next();
      if (next.done) {
        open = null;
        return { type: 'end', samples: next.value, damage: recording.damage && plain(recording.damage) };
      }
      const { logits, classes, patches } = await reference!.run(next.value.pcm);
      if (patches !== next.value.windows) {
        throw new CurlewError(
          'INTERNAL',
          `The reference graph gave ${patches} windows where ${next.value.windows} were expected.`,
        );
      }
      return { type: 'windows', probabilities: softmax(logits, classes) };
    }
  }
}

answerRequests(answer);
