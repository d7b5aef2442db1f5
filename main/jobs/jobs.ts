/** Long work: started, watched, paused, resumed, cancelled, deleted, and taken up again after the lab died. */
import { randomUUID } from 'node:crypto';
import { realClock, type Clock } from '../../devices/protocol/clock.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { tellAll } from '../contract/fault.ts';
import type { Job, JobHoldings, JobKind } from '../contract/types.ts';
import type { JobDefinition, Leavings, MakeJob } from './definition.ts';
import { Deletions } from './deletions.ts';
import { JobRun } from './job-run.ts';
import type { JobRecord, JobStore } from './job-store.ts';
import { isFinished, nextState, type JobEvent } from './transitions.ts';

/** Told when the store fails to keep a job (the work itself goes on), and of what fails unforeseen (INTERNAL). */
export type ReportProblem = (error: CurlewError, jobId: string) => void;

const warn: ReportProblem = (error) => process.emitWarning(error);

export class Jobs {
  private readonly runs = new Map<string, JobRun>();
  private readonly listeners = new Set<(job: Job) => void>();
  private readonly goneListeners = new Set<(jobId: string) => void>();
  private readonly deletions: Deletions;
  private closed = false;

  private constructor(
    private readonly store: JobStore,
    private readonly onProblem: ReportProblem,
    private readonly clock: Clock,
  ) {
    this.deletions = new Deletions(store, onProblem);
  }

  /**
   * Takes over the jobs of earlier labs: what was under way is paused where it can be taken up again (see `takeUp`),
   * else failed.
   * @throws CurlewError of the store
   */
  static async open(
    store: JobStore,
    onProblem: ReportProblem = warn,
    clock: Clock = realClock,
  ): Promise<Jobs> {
    const jobs = new Jobs(store, onProblem, clock);
    for (const { record, checkpoint } of await store.loadJobs()) {
      if (record.deleted) {
        jobs.deletions.begun(record);
        continue;
      }
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
        run.takeUp(make(run.params));
    }
  }

  /** Says what jobs of this kind keep beside their records; ends what an earlier lab had begun to take away of it. */
  keeps(kind: JobKind, leavings: Leavings): void {
    const ofKind = [...this.runs.values()].filter(({ job }) => job.kind === kind);
    const cancelled = ofKind.filter(({ job }) => job.state === 'cancelled');
    this.deletions.keeps(
      kind,
      leavings,
      cancelled.map(({ job }) => job.id),
    );
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
      startedMs: null,
      finishedMs: null,
      workedMs: 0,
      leftMs: null,
      reads: definition.reads,
      writes: definition.writes,
      error: null,
      canPause: definition.canPause,
      ...(definition.canFinish && { canFinish: true }),
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

  /** Newest first. @param after what lies before it in time is told; the first otherwise */
  page(limit: number, after?: Pick<Job, 'createdMs' | 'id'>): Job[] {
    // In this order already, but for a clock that was set back meanwhile.
    const all = [...this.runs.values()].reverse().sort((a, b) => newerFirst(a.job, b.job));
    const rest = after ? all.filter(({ job }) => newerFirst(after, job) < 0) : all;
    return rest.slice(0, limit).map((run) => run.snapshot());
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

  /**
   * @param beginning of its id, which no other job's begins with
   * @throws CurlewError JOB_NOT_FOUND, REQUEST_INVALID
   */
  find(beginning: string): Job {
    const exact = this.runs.get(beginning);
    if (exact) return exact.snapshot();
    const [run, ...others] = [...this.runs.values()].filter(({ job }) => job.id.startsWith(beginning));
    if (!run) throw notFound(beginning);
    if (others.length === 0) return run.snapshot();
    throw new CurlewError(
      'REQUEST_INVALID',
      `${others.length + 1} jobs begin with “${beginning}”; write more of the id.`,
      { jobIds: [run, ...others].slice(0, 10).map(({ job }) => job.id) },
    );
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

  /** What goes when it is deleted. @throws CurlewError JOB_NOT_FOUND; those of reading what it holds */
  async holdings(jobId: string): Promise<JobHoldings> {
    return this.deletions.holdings(this.run(jobId).snapshot());
  }

  /**
   * With all that it holds; where the lab dies meanwhile, the next one ends it.
   * @returns what went
   * @throws CurlewError JOB_NOT_FOUND; JOB_STATE for one that has not ended; those of taking it away: it then stays in
   *   the list, and can be deleted again
   */
  async delete(jobId: string): Promise<JobHoldings> {
    const run = this.run(jobId);
    if (this.closed) throw new CurlewError('JOB_STATE', 'The lab is closing.', { jobId });
    if (!isFinished(run.job.state)) {
      const { title, state } = run.job;
      throw new CurlewError('JOB_STATE', `“${title}” is ${state}; cancel it first, then delete it.`, {
        jobId,
      });
    }
    const went = await this.deletions.delete(run);
    if (this.runs.delete(jobId)) tellAll(this.goneListeners, jobId, jobId);
    return went;
  }

  /** Called with the id of a job that was deleted. Returns the unsubscribe function. */
  onGone(listener: (jobId: string) => void): () => void {
    this.goneListeners.add(listener);
    return () => this.goneListeners.delete(listener);
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
    await this.deletions.settled();
    this.listeners.clear();
    this.goneListeners.clear();
  }

  private run(jobId: string): JobRun {
    const run = this.runs.get(jobId);
    if (run === undefined) throw notFound(jobId);
    return run;
  }

  private add(record: JobRecord, definition: JobDefinition | null, checkpoint: unknown): JobRun {
    const events = {
      changed: (changed: Job) => {
        tellAll(this.listeners, changed.id, changed);
      },
      ended: (event: 'finish' | 'fail', change: Partial<Job>) => {
        if (!this.closed) this.apply(run, event, change);
      },
      problem: (error: CurlewError) => this.onProblem(error, record.job.id),
    };
    const run = new JobRun(record, definition, checkpoint, this.store, events, this.clock);
    this.runs.set(record.job.id, run);
    return run;
  }

  private command(run: JobRun, event: JobEvent): Job {
    if (this.closed) throw new CurlewError('JOB_STATE', 'The lab is closing.', { jobId: run.job.id });
    if (this.deletions.has(run)) throw notFound(run.job.id);
    this.apply(run, event, {});
    return run.snapshot();
  }

  private apply(run: JobRun, event: JobEvent, change: Partial<Job>): void {
    const before = run.job.state;
    const state = nextState(before, event);
    if (state !== before) {
      run.set({ ...change, state, finishedMs: isFinished(state) ? Date.now() : null });
      if (state === 'cancelled') this.deletions.discard(run);
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

const notFound = (jobId: string): CurlewError =>
  new CurlewError('JOB_NOT_FOUND', `The lab has no job “${jobId}”; “curlew jobs list” shows those it has.`, {
    jobId,
  });

type Dated = Pick<Job, 'createdMs' | 'id'>;
const newerFirst = (a: Dated, b: Dated): number =>
  b.createdMs - a.createdMs || (a.id < b.id ? -1 : Number(a.id > b.id));
