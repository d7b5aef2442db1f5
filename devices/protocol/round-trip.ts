/** How long to wait for an answer, from the round trips measured so far (RFC 6298, section 2). */

/** Before anything was measured. */
const firstLimitMs = 1000;
/** A board that erases flash, or a host that is busy, answers late now and then: asking twice would cost more. */
const shortestLimitMs = 150;

export class RoundTrip {
  private smoothedMs = 0;
  private variationMs = 0;
  private shortest = Infinity;

  add(ms: number): void {
    if (this.shortest === Infinity) {
      this.smoothedMs = ms;
      this.variationMs = ms / 2;
    } else {
      this.variationMs += (Math.abs(this.smoothedMs - ms) - this.variationMs) / 4;
      this.smoothedMs += (ms - this.smoothedMs) / 8;
    }
    this.shortest = Math.min(this.shortest, ms);
  }

  /** After this long an answer is overdue. */
  get limitMs(): number {
    if (this.shortest === Infinity) return firstLimitMs;
    return Math.max(shortestLimitMs, this.smoothedMs + 4 * this.variationMs);
  }

  /** That of a small message on an idle line; null before the first. */
  get shortestMs(): number | null {
    return this.shortest === Infinity ? null : this.shortest;
  }
}
