/** Long work: started, watched, paused, resumed, cancelled, and taken up again after the lab died. */
import { randomUUID } from 'node:crypto';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { tellAll } from '../contract/fault.ts';
import type { Job, JobKind } from '../contract/types.ts';
import type { JobDefinition, MakeJob } from './definition.ts';
import { JobRun } from './job-run.ts';
import type { JobRecord, JobStore } from './job-store.ts';
import { isFinished, nextState, type JobEvent } from './transitions.ts';

/** Told when the store fails to keep a job (the work itself goes on), and of what fails unforeseen (INTERNAL). */
export type ReportProblem = (error: CurlewError, jobId: string) => void;

const warn: ReportProblem = (error) => process.emitWarning(error);

export class Jobs {
  private readonly runs = new Map<string, JobRun>();
  private readonly listeners = new Set<(job: Job) => void>();
  private closed = false;

  private constructor(
    private readonly store: JobStore,
    private readonly onProblem: ReportProblem,
  ) {}

  /**
   * Takes over the jobs of earlier labs: what was under way is paused where it can be taken up again (see `takeUp`),
   * else failed.
   * @throws CurlewError of the store
   */
  static async open(store: JobStore, onProblem: ReportProblem = warn): Promise<Jobs> {
    const jobs = new Jobs(store, onProblem);
    for (const { record, checkpoint } of await store.loadJobs()) {
      const run = jobs.add(record, null, checkpoint);
      if (isFinished(record.job.state)) continue;
      if (record.params !== null) {
        run.set({ state: 'paused', detail: 'Interrupted; resume goes on from where it was.' });
      } else {
        const message = 'The lab was closed while this was running; start it again.';
        run.set({ state: 'failed', error: { code: 'ABORTED', message }, finishedMs: Date.now() });
      }
    }
    return jobs;
  }

  /** Gives the jobs of earlier labs of this kind their work back, so that they can be resumed. */
  takeUp(kind: JobKind, make: MakeJob): void {
    for (const run of this.runs.values()) {
      if (run.job.kind === kind && run.definition === null && run.params !== null)
        run.definition = make(run.params);
    }
  }

  /** Begins at once, or when its queue is free; the work itself starts after this returns. */
  start(definition: JobDefinition): Job {
    if (this.closed) throw new CurlewError('JOB_STATE', 'The lab is closing; no job can start.');
    const job: Job = {
      id: randomUUID(),
      kind: definition.kind,
      title: definition.title,
      state: 'queued',
      progress: null,
      detail: '',
      createdMs: Date.now(),
      finishedMs: null,
      error: null,
      canPause: definition.canPause,
      result: null,
    };
    const run = this.add({ job, params: definition.params ?? null }, definition, null);
    run.save();
    run.announce();
    queueMicrotask(() => {
      try {
        this.beginNext();
      } catch (thrown) {
        this.onProblem(toCurlewError(thrown), job.id);
      }
    });
    return run.snapshot();
  }

  /** Oldest first. */
  list(): Job[] {
    return [...this.runs.values()].map((run) => run.snapshot());
  }

  /** Those that are not over, with what they were started with. */
  unfinished(): { job: Job; params: unknown }[] {
    return [...this.runs.values()]
      .filter(({ job }) => !isFinished(job.state))
      .map((run) => ({ job: run.snapshot(), params: run.params }));
  }

  /** @throws CurlewError JOB_NOT_FOUND */
  get(jobId: string): Job {
    return this.run(jobId).snapshot();
  }

  /** What its work was asked for; null for a kind that keeps none. @throws CurlewError JOB_NOT_FOUND */
  params(jobId: string): unknown {
    return this.run(jobId).params;
  }

  /** The work stops at its next pause point. @throws CurlewError JOB_NOT_FOUND, JOB_STATE */
  pause(jobId: string): Job {
    const run = this.run(jobId);
    if (!run.job.canPause && !isFinished(run.job.state)) {
      throw new CurlewError('JOB_STATE', `“${run.job.title}” cannot be paused; it can be cancelled.`, {
        jobId,
      });
    }
    return this.command(run, 'pause');
  }

  /** Goes on where it was; a failed job from its last checkpoint. @throws CurlewError JOB_NOT_FOUND, JOB_STATE */
  resume(jobId: string): Job {
    const run = this.run(jobId);
    const { state, canPause } = run.job;
    const again = state === 'failed' || state === 'paused';
    if (again && (run.definition === null || !canPause)) {
      throw new CurlewError('JOB_STATE', `“${run.job.title}” cannot be taken up again; start it anew.`, {
        jobId,
      });
    }
    return this.command(run, 'resume');
  }

  /** @throws CurlewError JOB_NOT_FOUND, JOB_STATE when it has already ended */
  cancel(jobId: string): Job {
    return this.command(this.run(jobId), 'cancel');
  }

  /** Called with a copy after any change; progress at most ten times a second. Returns the unsubscribe function. */
  onChange(listener: (job: Job) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Stops all work without ending it: the next lab offers it as paused. Resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.runs.values()].map((run) => run.stop()));
    this.listeners.clear();
  }

  private run(jobId: string): JobRun {
    const run = this.runs.get(jobId);
    if (run === undefined) {
      throw new CurlewError('JOB_NOT_FOUND', `The lab has no job “${jobId}”.`, { jobId });
    }
    return run;
  }

  private add(record: JobRecord, definition: JobDefinition | null, checkpoint: unknown): JobRun {
    const run = new JobRun(record, definition, checkpoint, this.store, {
      changed: (changed) => {
        tellAll(this.listeners, changed.id, changed);
      },
      ended: (event, change) => {
        if (!this.closed) this.apply(run, event, change);
      },
      problem: (error) => this.onProblem(error, record.job.id),
    });
    this.runs.set(record.job.id, run);
    return run;
  }

  private command(run: JobRun, event: JobEvent): Job {
    if (this.closed) throw new CurlewError('JOB_STATE', 'The lab is closing.', { jobId: run.job.id });
    this.apply(run, event, {});
    return run.snapshot();
  }

  private apply(run: JobRun, event: JobEvent, change: Partial<Job>): void {
    const before = run.job.state;
    const state = nextState(before, event);
    if (state !== before) {
      run.set({ ...change, state, finishedMs: isFinished(state) ? Date.now() : null });
      if (state === 'cancelled') run.abort();
      if (before === 'failed') run.set({ error: null });
    }
    this.beginNext();
  }

  /** Begins queued jobs, oldest first, where their queue has nothing running. */
  private beginNext(): void {
    if (this.closed) return;
    for (const run of this.runs.values()) {
      if (run.job.state !== 'queued' || this.isBusy(run.definition?.queue)) continue;
      run.set({ state: nextState('queued', 'begin') });
      run.begin();
    }
  }

  private isBusy(queue: string | undefined): boolean {
    if (queue === undefined) return false;
    return [...this.runs.values()].some(
      (run) => run.definition?.queue === queue && run.job.state === 'running',
    );
  }
}
