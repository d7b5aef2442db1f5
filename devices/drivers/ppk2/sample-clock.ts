/**
 * Losses of whole turns of the counter, which it does not show: 64 samples take 0.64 ms, and what is lost makes all that
 * follows late for good, by a monotonic clock. Bytes that were only held up on their way are late for a while.
 */
import { counterTurn, samplesPerSecond } from './decode.ts';

/** The least delay of so long a time is what the way takes. */
const windowMs = 1000;
/** Both clocks together are off by no more: 100 parts in a million. */
const driftMs = windowMs * 100e-6;
const turnMs = (1000 * counterTurn) / samplesPerSecond;
/** Windows that are late, one after another, before it counts as a loss. */
const lateWindows = 2;
/** At the end so much of a window tells as well. */
const enoughMs = 500;
/** No later than that a loss is found. */
export const foundWithinMs = (lateWindows + 1) * windowMs;

export class SampleClock {
  /** What a sample that nothing holds up takes, more than the first did, ms. */
  private usual: number | null = null;
  private startMs: number | null = null;
  private least = Infinity;
  private windowEndMs = 0;
  private late: number[] = [];

  /**
   * @param nowMs when samples came in, by a clock that never goes back
   * @param samples there should have been by then: those that came, and those that are known to be lost
   * @returns whole turns that are lost, in samples; nearly always 0
   */
  arrived(nowMs: number, samples: number): number {
    if (this.startMs === null) {
      this.startMs = nowMs;
      this.windowEndMs = nowMs + windowMs;
    }
    const delay = nowMs - this.startMs - (1000 * samples) / samplesPerSecond;
    this.least = Math.min(this.least, delay);
    if (nowMs < this.windowEndMs) return 0;
    const least = this.least;
    this.least = Infinity;
    this.windowEndMs = nowMs + windowMs;
    return this.judge(least);
  }

  /**
   * Nothing comes any more: what was late over a whole window and is late still is lost. One that is later than that
   * nobody can tell from bytes that were held up. @returns as `arrived`
   */
  ended(nowMs: number): number {
    const windowAgeMs = nowMs - (this.windowEndMs - windowMs);
    if (this.usual === null || this.late.length === 0 || windowAgeMs < enoughMs) return 0;
    const by = Math.min(...this.late, this.least - this.usual);
    return Number.isFinite(by) ? Math.max(0, Math.round(by / turnMs)) * counterTurn : 0;
  }

  private judge(least: number): number {
    this.usual ??= least;
    const by = least - this.usual;
    if (by < turnMs / 2) {
      this.late = [];
      // Faster ones are the truer ones; slower ones as far as the clocks may drift.
      this.usual = Math.min(least, this.usual + driftMs);
      return 0;
    }
    this.late.push(by);
    if (this.late.length < lateWindows) return 0;
    const turns = Math.round(Math.min(...this.late) / turnMs);
    this.late = [];
    return turns * counterTurn;
  }
}
