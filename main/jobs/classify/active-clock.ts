/** Seconds of work, without the time between `stop` and `go`. */
export class ActiveClock {
  private startedAt: number | null = performance.now();
  private here = 0;

  /** @param before seconds of earlier runs */
  constructor(private readonly before: number) {}

  stop(): void {
    this.here = this.sinceStart();
    this.startedAt = null;
  }

  go(): void {
    this.startedAt ??= performance.now();
  }

  /** Of this run and the earlier ones. */
  seconds(): number {
    return this.before + this.sinceStart();
  }

  /** Of this run. */
  sinceStart(): number {
    return this.here + (this.startedAt === null ? 0 : (performance.now() - this.startedAt) / 1000);
  }
}
