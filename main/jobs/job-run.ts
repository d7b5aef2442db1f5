import type { Clock } from '../../devices/protocol/clock.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import type { Job } from '../contract/types.ts';
import type { JobContext, JobDefinition } from './definition.ts';
import type { JobRecord, JobStore } from './job-store.ts';
import { Pace } from './pace.ts';
import { Throttle } from './throttle.ts';

interface RunEvents {
  changed(job: Job): void;
  ended(event: 'finish' | 'fail', change: Partial<Job>): void;
  problem(error: CurlewError): void;
}

/** At most ten progress events a second. */
const progressIntervalMs = 100;

/** One job and its work, when there is any under way. */
export class JobRun {
  private abortController = new AbortController();
  private working: Promise<void> | null = null;
  private waiters: (() => void)[] = [];
  private saved: Promise<void> = Promise.resolve();
  private readonly throttle = new Throttle(progressIntervalMs, () => this.events.changed(this.snapshot()));

  private readonly pace: Pace;

  readonly job: Job;
  readonly params: unknown;

  /** @param definition null for a job of an earlier lab, until its kind is taken up */
  constructor(
    record: JobRecord,
    public definition: JobDefinition | null,
    private checkpoint: unknown,
    private readonly store: JobStore,
    private readonly events: RunEvents,
    private readonly clock: Clock,
  ) {
    this.job = { startedMs: null, workedMs: null, reads: [], writes: [], ...record.job, leftMs: null };
    this.params = record.params;
    this.pace = new Pace(this.job.workedMs ?? 0);
  }

  snapshot(): Job {
    const { job, pace } = this;
    const now = this.clock.nowMs();
    const workedMs = job.workedMs === null ? null : Math.round(pace.worked(now));
    return { ...job, workedMs, leftMs: job.state === 'running' ? pace.left(now) : null };
  }

  /** Gives it work, and what an older lab did not note of it. */
  takeUp(definition: JobDefinition): void {
    this.definition = definition;
    const { reads, writes } = definition;
    if (this.job.reads.length + this.job.writes.length === 0) Object.assign(this.job, { reads, writes });
  }

  /** Changes the record, keeps it and tells. */
  set(change: Partial<Job>): void {
    Object.assign(this.job, change);
    if (this.job.state === 'running') {
      this.job.startedMs ??= Date.now();
      this.job.workedMs ??= 0;
      this.pace.go(this.clock.nowMs());
    } else this.pace.stop(this.clock.nowMs());
    this.save();
    this.announce();
    if (this.job.state === 'running') this.release();
  }

  announce(): void {
    this.throttle.now();
  }

  save(): void {
    const { record } = this;
    this.saved = this.saved
      .then(() => this.store.saveJob(record))
      .catch((thrown: unknown) => this.events.problem(toCurlewError(thrown)));
  }

  get record(): JobRecord {
    return { job: this.snapshot(), params: this.params };
  }

  /** Starts the work, or lets it go on when it waits at a pause point. */
  begin(): void {
    if (this.working !== null) return;
    const { definition } = this;
    if (definition === null)
      throw new CurlewError('INTERNAL', 'A job of an earlier lab has no work to begin.');
    this.abortController = new AbortController();
    this.working = this.work(definition);
  }

  abort(): void {
    this.abortController.abort();
    this.release();
  }

  /** Aborts without a change of state. Resolves when the work has ended and the record is kept. */
  async stop(): Promise<void> {
    this.abort();
    await this.working;
    this.throttle.stop();
    if (this.job.state === 'running') this.save();
    await this.saved;
  }

  private async work(definition: JobDefinition): Promise<void> {
    let end: () => void;
    try {
      // Whoever called start has the job's id before the work does anything.
      await Promise.resolve();
      const result = await definition.run(this.context());
      end = () => this.events.ended('finish', { result, progress: 1 });
    } catch (thrown) {
      const error = toCurlewError(thrown);
      const { code, message } = error;
      if (code === 'INTERNAL') this.events.problem(error);
      end = () => this.events.ended('fail', { error: { code, message } });
    }
    this.working = null;
    try {
      end();
    } catch (thrown) {
      // Nobody waits for this work: what the end of one job begins must not take the lab with it.
      this.events.problem(toCurlewError(thrown));
    }
  }

  private context(): JobContext {
    const { signal } = this.abortController;
    return {
      jobId: this.job.id,
      signal,
      resumedFrom: this.checkpoint,
      progress: (fraction, detail) => {
        if (signal.aborted) return;
        this.job.progress = fraction;
        this.job.detail = detail;
        this.pace.reached(fraction, this.clock.nowMs());
        this.throttle.request();
      },
      checkpoint: async (state) => {
        // A checkpoint belongs to a record; the record comes first, with the time worked so far.
        this.save();
        await this.saved;
        await this.store.saveCheckpoint(this.job.id, state);
        this.checkpoint = state;
      },
      pausePoint: async () => {
        while (!signal.aborted && this.job.state !== 'running') {
          await new Promise<void>((resolve) => this.waiters.push(resolve));
        }
        if (signal.aborted) throw new CurlewError('ABORTED', 'The job was stopped.');
      },
    };
  }

  private release(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const resume of waiters) resume();
  }
}
