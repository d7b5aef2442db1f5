/** Jobs taken away with all that they hold: begun in the store first, so that a lab that finds a deletion begun ends it. */
import { CurlewError, toCurlewError } from '../contract/error.ts';
import type { JobHoldings, Job, JobKind } from '../contract/types.ts';
import type { Leavings } from './definition.ts';
import type { JobRecord, JobStore } from './job-store.ts';
import type { JobRun } from './job-run.ts';

export class Deletions {
  private readonly leavings = new Map<JobKind, Leavings>();
  private readonly underWay = new Map<string, Promise<JobHoldings>>();
  /** Begun by an earlier lab. */
  private unfinished: JobRecord[] = [];
  /** What is taken away while nobody waits for it. */
  private readonly unwatched = new Set<Promise<void>>();

  constructor(
    private readonly store: JobStore,
    private readonly onProblem: (error: CurlewError, jobId: string) => void,
  ) {}

  /** An earlier lab began it; it is ended once it is known what such a job keeps. */
  begun(record: JobRecord): void {
    this.unfinished.push(record);
  }

  /** @param cancelled jobs of that kind, whose unfinished work an earlier lab may have left */
  keeps(kind: JobKind, leavings: Leavings, cancelled: readonly string[]): void {
    this.leavings.set(kind, leavings);
    const mine = this.unfinished.filter(({ job }) => job.kind === kind);
    this.unfinished = this.unfinished.filter((one) => !mine.includes(one));
    for (const { job } of mine) this.unwatchedly(job.id, () => this.takeAway(job));
    for (const id of cancelled) this.unwatchedly(id, async () => leavings.discard?.(id));
  }

  async holdings(job: Job): Promise<JobHoldings> {
    return (await this.leavings.get(job.kind)?.holdings(job)) ?? { goes: [], stays: [], bytes: 0 };
  }

  has(run: JobRun): boolean {
    return this.underWay.has(run.job.id);
  }

  /** @param run of a job that has ended @returns what went; the same to all who ask meanwhile */
  delete(run: JobRun): Promise<JobHoldings> {
    const { id } = run.job;
    const before = this.underWay.get(id);
    if (before) return before;
    const now = this.deleteNow(run).finally(() => this.underWay.delete(id));
    this.underWay.set(id, now);
    return now;
  }

  /** Stops the work of a job that was cancelled, and takes away what is unfinished of it. */
  discard(run: JobRun): void {
    run.abort();
    const { id, kind } = run.job;
    this.unwatchedly(id, async () => {
      await run.stop();
      await this.leavings.get(kind)?.discard?.(id);
    });
  }

  /** Resolves once nothing is taken away any more; never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.underWay.values(), ...this.unwatched]);
  }

  private async deleteNow(run: JobRun): Promise<JobHoldings> {
    // The work of a cancelled job may still be ending.
    await run.stop();
    await Promise.all(this.unwatched);
    const holdings = await this.holdings(run.snapshot());
    await this.store.saveJob({ ...run.record, deleted: true });
    await this.takeAway(run.job);
    return holdings;
  }

  private async takeAway({ id, kind }: Pick<Job, 'id' | 'kind'>): Promise<void> {
    await this.leavings.get(kind)?.remove?.(id);
    await this.store.deleteJob(id);
  }

  private unwatchedly(jobId: string, work: () => Promise<void>): void {
    const mine = work()
      .catch((thrown: unknown) => this.onProblem(toCurlewError(thrown), jobId))
      .finally(() => this.unwatched.delete(mine));
    this.unwatched.add(mine);
  }
}
