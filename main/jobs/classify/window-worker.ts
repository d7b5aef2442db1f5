import type { CurlewError } from '../../contract/error.ts';
import type { RecordingInfo } from '../../contract/types.ts';
import { throwIfAborted } from '../../recordings/file.ts';
import { revive, WorkerThread } from '../../threads/worker-thread.ts';
import { startWorker } from '../../threads/worker-url.ts';
import type { WorkerReply, WorkerRequest } from './worker-messages.ts';

export interface WindowsEnd {
  /** 16 kHz samples of the whole recording. */
  samples: number;
  damage: CurlewError | null;
}

/** The lab's side of the classification worker. One recording at a time; an abort ends the thread at once. */
export class WindowWorker {
  private constructor(private readonly thread: WorkerThread<WorkerRequest, WorkerReply>) {}

  /**
   * @param model the quantized reference graph, ONNX
   * @throws CurlewError INTERNAL when the thread or the graph does not start, ABORTED
   */
  static async start(model: Uint8Array, signal: AbortSignal): Promise<WindowWorker> {
    throwIfAborted(signal);
    const worker = startWorker('classify-worker', import.meta.url, { model });
    const thread = new WorkerThread<WorkerRequest, WorkerReply>(worker, 'classification', signal);
    try {
      await thread.ask({ type: 'start' }, 'started');
    } catch (thrown) {
      thread.close();
      throw thrown;
    }
    return new WindowWorker(thread);
  }

  /** False after a crash or an abort; a new worker is needed then. */
  get alive(): boolean {
    return this.thread.alive;
  }

  /** @throws CurlewError as openRecording; INTERNAL when the worker crashed; ABORTED */
  async open(path: string, fromWindow: number): Promise<RecordingInfo> {
    return (await this.thread.ask({ type: 'open', path, fromWindow }, 'opened')).info;
  }

  /**
   * Probabilities of the open recording's next windows, [windows][classes], or how it ended.
   * @throws CurlewError FILE_TOO_SHORT, FILE_DAMAGED, FILE_UNREADABLE; INTERNAL when the worker crashed; ABORTED
   */
  async next(): Promise<Float32Array | WindowsEnd> {
    const reply = await this.thread.ask({ type: 'next' }, 'windows', 'end');
    if (reply.type === 'windows') return reply.probabilities;
    return { samples: reply.samples, damage: reply.damage && revive(reply.damage) };
  }

  close(): void {
    this.thread.close();
  }
}
