/**
 * For tests: a clock that stands still until it is turned. What waits on it comes in order of its time, however fast
 * the machine is; a day takes no longer than what happens in it.
 */
import { Clock } from './clock.ts';

interface Timer {
  dueMs: number;
  callback(): void;
}

export class TestClock extends Clock {
  /** In the order they were set. */
  private readonly timers = new Set<Timer>();

  constructor(private now = 0) {
    super();
  }

  nowMs(): number {
    return this.now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { dueMs: this.now + Math.max(0, ms), callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  every(ms: number, callback: () => void): () => void {
    const again = (): (() => void) =>
      this.after(ms, () => {
        takeBack = again();
        callback();
      });
    let takeBack = again();
    return () => takeBack();
  }

  /** Lets `ms` pass: what is due meanwhile happens, one after another, each with all that follows from it at once. */
  async turn(ms: number): Promise<void> {
    const end = this.now + ms;
    await settled();
    for (let next = this.next(end); next; next = this.next(end)) {
      this.fire(next);
      await settled();
    }
    this.now = end;
  }

  /**
   * Lets as much time pass as the work takes. Where the work waits for something that this clock does not time, as a
   * file, time goes on as fast as it can meanwhile.
   */
  async run<T>(work: Promise<T>): Promise<T> {
    let going = true;
    const end = (): void => void (going = false);
    work.then(end, end);
    for (await settled(); going; await settled()) {
      const next = this.next(Infinity);
      if (next) this.fire(next);
    }
    return work;
  }

  private next(untilMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.dueMs <= untilMs && (!first || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }

  private fire(timer: Timer): void {
    this.timers.delete(timer);
    this.now = timer.dueMs;
    timer.callback();
  }
}

/** Once all promises that can be settled are: a turn of the event loop. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
