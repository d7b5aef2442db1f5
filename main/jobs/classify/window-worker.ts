import { throwIfAborted } from '../../recordings/file.ts';
import { WorkerThread } from '../../threads/worker-thread.ts';
import { startWorker } from '../../threads/worker-url.ts';
import type { Windows } from './windows.ts';
import type {
  HearRequest,
  HeardEnd,
  Looked,
  WorkerInput,
  WorkerReply,
  WorkerRequest,
} from './worker-messages.ts';

/**
 * What lives shortly in a worker is small beside the sound, which lies outside of its heap: with Node's own limit each of
 * the threads would keep some 20 MB more for it, and be no faster.
 */
const limits = { maxYoungGenerationSizeMb: 6 };

/** The lab's side of a classification worker. One recording at a time; an abort ends the thread at once. */
export class WindowWorker {
  private constructor(
    private readonly thread: WorkerThread<WorkerRequest, WorkerReply>,
    readonly classes: number,
  ) {}

  /** @throws CurlewError IMAGE_BAD; INTERNAL when the thread does not start; ABORTED */
  static async start(input: WorkerInput, signal: AbortSignal): Promise<WindowWorker> {
    throwIfAborted(signal);
    const worker = startWorker('classify-worker', import.meta.url, input, limits);
    const thread = new WorkerThread<WorkerRequest, WorkerReply>(worker, 'classification', signal);
    try {
      const { classes } = await thread.ask({ type: 'start' }, 'started');
      return new WindowWorker(thread, classes);
    } catch (thrown) {
      thread.close();
      throw thrown;
    }
  }

  /** False after a crash or an abort; a new worker is needed then. */
  get alive(): boolean {
    return this.thread.alive;
  }

  /** @throws CurlewError as openRecording; INTERNAL when the worker crashed; ABORTED */
  look(path: string): Promise<Looked> {
    return this.thread.ask({ type: 'look', path }, 'looked');
  }

  /**
   * The windows of a part of a recording, some at a time, and how it ended.
   * @throws CurlewError as openRecording; FILE_TOO_SHORT; INTERNAL when the worker crashed; ABORTED
   */
  async *hear(request: Omit<HearRequest, 'type'>): AsyncGenerator<Windows, HeardEnd, undefined> {
    await this.thread.ask({ type: 'hear', ...request }, 'hearing');
    for (;;) {
      const reply = await this.thread.ask({ type: 'next' }, 'windows', 'end');
      if (reply.type === 'end') return reply;
      yield reply.windows;
    }
  }

  close(): void {
    this.thread.close();
  }
}
