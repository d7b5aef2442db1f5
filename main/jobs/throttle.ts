/** Calls `emit` at once, then at most every `intervalMs`; the last request is never lost. */
export class Throttle {
  private timer: NodeJS.Timeout | null = null;
  private wanted = false;

  constructor(
    private readonly intervalMs: number,
    private readonly emit: () => void,
  ) {}

  request(): void {
    if (this.timer !== null) {
      this.wanted = true;
      return;
    }
    this.now();
  }

  /** Emits whatever the interval, and drops what was waiting. */
  now(): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.wanted) this.now();
    }, this.intervalMs);
    this.timer.unref();
    this.emit();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.wanted = false;
  }
}
