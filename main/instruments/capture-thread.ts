/** The lab's side of a thread that takes a capture, or makes or writes one. */
import type { CurlewError } from '../contract/error.ts';
import { peerThread, type PeerThread } from '../threads/peer-thread.ts';
import { startWorker } from '../threads/worker-url.ts';
import type { WorkerError } from '../threads/worker-thread.ts';
import type { CaptureProgress } from './capture-spec.ts';
import type { CaptureTasks } from './capture-worker.ts';

export interface CaptureListener {
  progress(told: CaptureProgress): void;
  failed(error: WorkerError): void;
  /** Of a file that is read or written, 0 to 1. */
  share(done: number): void;
  gone(reason: CurlewError): void;
}

export const captureThread = ({ gone, ...told }: CaptureListener): PeerThread<CaptureTasks> =>
  peerThread<CaptureTasks>(
    startWorker('capture-worker', import.meta.url, null),
    'capture',
    { ...told },
    gone,
  );
