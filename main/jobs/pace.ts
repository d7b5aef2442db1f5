/** How long a job has worked, and how long it will take at its pace. Times are milliseconds of a clock that only goes forward. */

/** What is taken over from an earlier run counts in the first moments: the pace is told from what comes after. */
const settlingMs = 1_000;
/** No pace is told from less time, or a smaller share of the work, than this. */
const leastMs = 1_000;
const leastShare = 0.005;

/** Of the time that is looked back at, so many reports are kept. */
const mostReports = 64;

interface Report {
  worked: number;
  share: number;
}

export class Pace {
  private startedAt: number | null = null;
  private before: number;
  private beganAt = 0;
  /** When the work had settled after it began, or went back. */
  private since = 0;
  /**
   * What was reported in the later half of the time since: stages of a work go at paces of their own, and the one under
   * way is what tells.
   */
  private reports: Report[] = [];
  private last: { worked: number; share: number | null } = { worked: 0, share: null };

  /** @param worked before, in earlier runs */
  constructor(worked: number) {
    this.before = worked;
  }

  /** The work begins or goes on. */
  go(now: number): void {
    if (this.startedAt !== null) return;
    this.startedAt = now;
    this.beganAt = this.before;
    this.reports = [];
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
    const { share: before } = this.last;
    this.last = { worked, share };
    // What cannot be known now was known before, and will be again: the pace so far holds meanwhile.
    if (share === null) return;
    const backwards = before !== null && share < before;
    const settled = this.since - this.beganAt >= settlingMs;
    if (this.reports.length === 0 || backwards || !settled) {
      this.since = worked;
      this.reports = [{ worked, share }];
      return;
    }
    const apart = (worked - this.since) / mostReports;
    if (worked - this.reports.at(-1)!.worked >= apart) this.reports.push({ worked, share });
    const half = (this.since + worked) / 2;
    while (this.reports.length > 1 && this.reports[1]!.worked <= half) this.reports.shift();
  }

  /** Null where no pace can be told. */
  left(now: number): number | null {
    const [from] = this.reports;
    const { worked, share } = this.last;
    if (this.startedAt === null || share === null || from === undefined) return null;
    const took = worked - from.worked;
    const did = share - from.share;
    if (took < leastMs || did < leastShare) return null;
    const left = ((1 - share) * took) / did - (this.worked(now) - worked);
    return Math.max(0, Math.round(left));
  }
}
