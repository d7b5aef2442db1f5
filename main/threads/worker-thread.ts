/** A worker thread that answers requests, one at a time: the lab's side and the thread's. */
import { parentPort, type Worker } from 'node:worker_threads';
import { CurlewError, toCurlewError, type ErrorCode } from '../contract/error.ts';

/** A CurlewError between threads. */
export interface WorkerError {
  code: ErrorCode;
  message: string;
  context: Record<string, unknown>;
}

export interface Failed {
  type: 'failed';
  error: WorkerError;
}

/** The lab's side. An abort ends the thread at once. */
export class WorkerThread<Request extends { type: string }, Reply extends { type: string }> {
  private pending: { resolve(reply: Reply | Failed): void; reject(error: CurlewError): void } | null = null;
  private dead: CurlewError | null = null;
  private readonly abort = () => this.end(new CurlewError('ABORTED', `The ${this.work} was stopped.`));

  /** @param work what the thread does, for a person: “classification” */
  constructor(
    private readonly worker: Worker,
    private readonly work: string,
    private readonly signal: AbortSignal,
  ) {
    worker.on('message', (reply: Reply | Failed) => {
      const pending = this.pending;
      this.pending = null;
      pending?.resolve(reply);
    });
    worker.on('error', (thrown) => this.end(this.crash(thrown.message)));
    worker.on('messageerror', (thrown) => this.end(this.crash(thrown.message)));
    worker.on('exit', (code) => this.end(this.crash(`it exited with code ${code}`)));
    signal.addEventListener('abort', this.abort, { once: true });
  }

  /** False after a crash or an abort; a new thread is needed then. */
  get alive(): boolean {
    return this.dead === null;
  }

  /** @throws CurlewError that the thread answered; INTERNAL when it crashed; ABORTED */
  async ask<T extends Reply['type']>(
    request: Request,
    ...expected: T[]
  ): Promise<Extract<Reply, { type: T }>> {
    if (this.dead !== null) throw this.dead;
    const reply = await new Promise<Reply | Failed>((resolve, reject) => {
      this.pending = { resolve, reject };
      this.worker.postMessage(request);
    });
    if (isFailed(reply)) throw revive(reply.error);
    if ((expected as string[]).includes(reply.type)) return reply as Extract<Reply, { type: T }>;
    throw new CurlewError(
      'INTERNAL',
      `The ${this.work} worker answered “${reply.type}” to “${request.type}”.`,
    );
  }

  close(): void {
    this.end(new CurlewError('ABORTED', `The ${this.work} worker was closed.`));
  }

  private crash(what: string): CurlewError {
    return new CurlewError('INTERNAL', `The ${this.work} worker crashed: ${what}.`);
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

/** The thread's side: answers every request; what is thrown becomes the lab's error. */
export function answerRequests<Request, Reply>(answer: (request: Request) => Promise<Reply>): void {
  const port = parentPort!;
  const reply = async (request: Request) => {
    const answered = await answer(request).catch((thrown: unknown): Failed => ({
      type: 'failed',
      error: plain(toCurlewError(thrown)),
    }));
    port.postMessage(answered);
  };
  port.on('message', (request: Request) => void reply(request));
}

export const plain = ({ code, message, context }: CurlewError): WorkerError => ({
  code,
  message,
  context: { ...context },
});

export const revive = ({ code, message, context }: WorkerError) => new CurlewError(code, message, context);

function isFailed(reply: { type: string }): reply is Failed {
  return reply.type === 'failed';
}
