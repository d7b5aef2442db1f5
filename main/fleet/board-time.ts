/**
 * When a board kept its records, by the lab's clock. A board tells its uptime with every answer, written at some moment
 * between the question and the answer: so the difference of the two clocks is known within a round trip. Where the
 * next answer agrees with the difference as it is, it stays; it moves only as far as it must, as clocks drift.
 */

export interface ClockReading {
  /** When the answer came, milliseconds since 1970. */
  answeredMs: number;
  /** From the question to the answer. */
  roundTripMs: number;
  /** The board's, as it wrote the answer, milliseconds. */
  uptimeMs: number;
}

export interface RecordTime {
  atMs: number;
  /** The true time is no further off than this. */
  errorMs: number;
}

/** Where the lab's clock is set back, the difference follows it this fast, so that times go on growing. */
const fastestBack = 0.1;
/** How far a board's clock may run wrong: ten times what an ordinary crystal does. What is old is dated less surely. */
const drift = 1e-4;

/** Of one boot of a board. */
export class BoardTime {
  private reading: { offsetMs: number; errorMs: number; uptimeMs: number } | null = null;

  /** @param lastMs the latest time already given to a record of this boot; none is given an earlier one */
  constructor(private lastMs = -Infinity) {}

  read({ answeredMs, roundTripMs, uptimeMs }: ClockReading): void {
    const high = answeredMs - uptimeMs;
    const low = high - roundTripMs;
    const before = this.reading;
    let offsetMs = (low + high) / 2;
    if (before) {
      const back = before.offsetMs - fastestBack * Math.max(0, uptimeMs - before.uptimeMs);
      offsetMs = Math.max(Math.min(Math.max(before.offsetMs, low), high), back);
    }
    this.reading = { offsetMs, uptimeMs, errorMs: Math.max(high - offsetMs, offsetMs - low) };
  }

  /** @param uptimeMs of the record; `read` comes first. A record that says it is of the future is of now. */
  timeOf(uptimeMs: number): RecordTime {
    const { reading } = this;
    if (!reading) throw new Error('A record is dated after its board’s clock was read.');
    const kept = Math.min(uptimeMs, reading.uptimeMs);
    const computed = reading.offsetMs + kept;
    const atMs = Math.max(computed, this.lastMs);
    this.lastMs = atMs;
    return { atMs, errorMs: reading.errorMs + (reading.uptimeMs - kept) * drift + (atMs - computed) };
  }
}
