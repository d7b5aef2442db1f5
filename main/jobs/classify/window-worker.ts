import type { Worker } from 'node:worker_threads';
import { CurlewError } from '../../contract/error.ts';
import type { RecordingInfo } from '../../contract/types.ts';
import { throwIfAborted } from '../../recordings/file.ts';
import { startWorker } from '../worker-url.ts';
import type { WorkerError, WorkerReply, WorkerRequest } from './worker-messages.ts';

export interface WindowsEnd {
  /** 16 kHz samples of the whole recording. */
  samples: number;
  damage: CurlewError | null;
}

/** The lab's side of the classification worker. One recording at a time; an abort ends the thread at once. */
export class WindowWorker {
  private pending: { resolve(reply: WorkerReply): void; reject(error: CurlewError): void } | null = null;
  private dead: CurlewError | null = null;
  private readonly abort = () => this.end(new CurlewError('ABORTED', 'The classification was stopped.'));

  private constructor(
    private readonly worker: Worker,
    private readonly signal: AbortSignal,
  ) {
    worker.on('message', (reply: WorkerReply) => {
      const pending = this.pending;
      this.pending = null;
      pending?.resolve(reply);
    });
    worker.on('error', (thrown) => this.end(crash(thrown.message)));
    worker.on('exit', (code) => this.end(crash(`it exited with code ${code}`)));
    signal.addEventListener('abort', this.abort, { once: true });
  }

  /**
   * @param model the quantized reference graph, ONNX
   * @throws CurlewError INTERNAL when the thread or the graph does not start, ABORTED
   */
  static async start(model: Uint8Array, signal: AbortSignal): Promise<WindowWorker> {
    throwIfAborted(signal);
    const worker = new WindowWorker(startWorker('classify-worker', import.meta.url, { model }), signal);
    try {
      await worker.ask({ type: 'start' }, 'started');
    } catch (thrown) {
      worker.close();
      throw thrown;
    }
    return worker;
  }

  /** False after a crash or an abort; a new worker is needed then. */
  get alive(): boolean {
    return this.dead === null;
  }

  /** @throws CurlewError as openRecording; INTERNAL when the worker crashed; ABORTED */
  async open(path: string, fromWindow: number): Promise<RecordingInfo> {
    return (await this.ask({ type: 'open', path, fromWindow }, 'opened')).info;
  }

  /**
   * Probabilities of the open recording's next windows, [windows][classes], or how it ended.
   * @throws CurlewError FILE_TOO_SHORT, FILE_DAMAGED, FILE_UNREADABLE; INTERNAL when the worker crashed; ABORTED
   */
  async next(): Promise<Float32Array | WindowsEnd> {
    const reply = await this.ask({ type: 'next' }, 'windows', 'end');
    if (reply.type === 'windows') return reply.probabilities;
    return { samples: reply.samples, damage: reply.damage && revive(reply.damage) };
  }

  close(): void {
    this.end(new CurlewError('ABORTED', 'The classification worker was closed.'));
  }

  private async ask<T extends WorkerReply['type']>(
    request: WorkerRequest,
    ...expected: T[]
  ): Promise<Extract<WorkerReply, { type: T }>> {
    if (this.dead !== null) throw this.dead;
    const reply = await new Promise<WorkerReply>((resolve, reject) => {
      this.pending = { resolve, reject };
      this.worker.postMessage(request);
    });
    if (reply.type === 'failed') throw revive(reply.error);
    if ((expected as string[]).includes(reply.type)) return reply as Extract<WorkerReply, { type: T }>;
    throw new CurlewError(
      'INTERNAL',
      `The classification worker answered “${reply.type}” to “${request.type}”.`,
    );
  }

  private end(error: CurlewError): void {
    if (this.dead !== null) return;
    this.dead = error;
    this.signal.removeEventListener('abort', this.abort);
    this.pending?.reject(error);
    this.pending = null;
    void this.worker.terminate();
  }
}

const crash = (what: string) => new CurlewError('INTERNAL', `The classification worker crashed: ${what}.`);

const revive = ({ code, message, context }: WorkerError) => new CurlewError(code, message, context);
