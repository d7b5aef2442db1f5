/** How long a job has worked, and how long it will take at its pace. Times are milliseconds of a clock that only goes forward. */

/** What is taken over from an earlier run counts in the first moments: the pace is told from what comes after. */
const settlingMs = 1_000;
/** No pace is told from less time, or a smaller share of the work, than this. */
const leastMs = 1_000;
const leastShare = 0.005;

export class Pace {
  private startedAt: number | null = null;
  private before: number;
  /** Since the work began or was resumed, or since its share began to be known. */
  private origin: { worked: number; share: number; settled: boolean } | null = null;
  private beganAt = 0;
  private share: number | null = null;
  private sharedAt = 0;

  /** @param worked before, in earlier runs */
  constructor(worked: number) {
    this.before = worked;
  }

  /** The work begins or goes on. */
  go(now: number): void {
    if (this.startedAt !== null) return;
    this.startedAt = now;
    this.beganAt = this.before;
    this.origin = null;
  }

  /** It waits, is paused, or has ended. */
  stop(now: number): void {
    this.before = this.worked(now);
    this.startedAt = null;
  }

  worked(now: number): number {
    return this.before + (this.startedAt === null ? 0 : now - this.startedAt);
  }

  /** @param share 0 … 1 of the work that is behind it; null while that cannot be known */
  reached(share: number | null, now: number): void {
    const worked = this.worked(now);
    this.share = share;
    this.sharedAt = worked;
    // What cannot be known now was known before, and will be again: the pace so far holds meanwhile.
    if (share === null) return;
    const backwards = this.origin !== null && share < this.origin.share;
    if (this.origin === null || backwards || !this.origin.settled)
      this.origin = { worked, share, settled: worked - this.beganAt >= settlingMs };
  }

  /** Null where no pace can be told. */
  left(now: number): number | null {
    if (this.startedAt === null || this.share === null || this.origin === null) return null;
    const took = this.sharedAt - this.origin.worked;
    const did = this.share - this.origin.share;
    if (took < leastMs || did < leastShare) return null;
    const left = ((1 - this.share) * took) / did - (this.worked(now) - this.sharedAt);
    return Math.max(0, Math.round(left));
  }
}
