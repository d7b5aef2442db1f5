/** Keeps results some at a time: a transaction for every short file would take longer than hearing it. */
import type { FileResults, ResultStore } from './result-store.ts';

const mostAtOnce = 100;
/** How long results wait for others, milliseconds: what the page may be behind. */
const patienceMs = 200;

export class Keeper {
  private waiting: FileResults[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private writing: Promise<void> = Promise.resolve();
  /** The first is shown at once: somebody looks whether it works at all. */
  private first = true;
  private failure: { thrown: unknown } | null = null;

  constructor(
    private readonly results: Pick<ResultStore, 'keep'>,
    private readonly jobId: string,
    /** Told of results once they are durable. */
    private readonly onKept: (results: readonly FileResults[]) => void,
  ) {}

  /** Resolves once there is room for more. @throws what an earlier write threw */
  async add(found: FileResults): Promise<void> {
    this.waiting.push(found);
    const now = this.first || this.waiting.length >= mostAtOnce;
    this.first = false;
    if (now) await this.write();
    else this.timer ??= setTimeout(() => void this.write().catch(() => undefined), patienceMs);
    this.mustHold();
  }

  /** Resolves once all is kept. @throws what a write threw */
  async flush(): Promise<void> {
    await this.write();
    this.mustHold();
  }

  /** Lets go of what is not kept, and resolves once nothing is written any more. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.waiting = [];
    await this.writing;
  }

  private write(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const some = this.waiting;
    this.waiting = [];
    this.writing = this.writing.then(async () => {
      if (some.length === 0 || this.failure) return;
      try {
        await this.results.keep(this.jobId, some);
        this.onKept(some);
      } catch (thrown) {
        this.failure = { thrown };
      }
    });
    return this.writing;
  }

  private mustHold(): void {
    if (this.failure) throw this.failure.thrown;
  }
}
