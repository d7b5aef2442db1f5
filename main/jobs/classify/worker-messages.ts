/** What the lab and its classification worker say to each other: one request, one answer, in turn. */
import type { RecordingInfo } from '../../contract/types.ts';
import type { WorkerError } from '../../threads/worker-thread.ts';

export type { WorkerError };

export interface WorkerInput {
  /** The quantized reference graph, ONNX. */
  model: Uint8Array;
}

export type WorkerRequest =
  | { type: 'start' }
  /** Opens a recording, in place of the one before. */
  | { type: 'open'; path: string; fromWindow: number }
  /** The next batch of windows of the open recording. */
  | { type: 'next' };

export type WorkerReply =
  | { type: 'started' }
  | { type: 'opened'; info: RecordingInfo }
  /** `probabilities`: [windows][classes], row-major */
  | { type: 'windows'; probabilities: Float32Array }
  /** `samples` of 16 kHz in all; `damage`: what is wrong with a recording that could still be used. */
  | { type: 'end'; samples: number; damage: WorkerError | null };
