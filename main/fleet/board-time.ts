/**
 * When a board kept its records, by the lab's clock. A board tells its uptime with every answer, written at some moment
 * between the question and the answer: so the difference of the two clocks is known within a round trip. Where the
 * next answer agrees with the difference as it is, it stays; it moves only as far as it must, as clocks drift.
 *
 * Of a time in which nobody asked the board, a month in the field, both ends are known: the answer before it, or when its
 * clock was last set, and the answer after it. What it kept between is dated on the straight line from one to the other,
 * so that a clock that runs wrong, but evenly, dates it right.
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

/** A moment that is known by both clocks. */
interface Moment extends RecordTime {
  uptimeMs: number;
}

/** Where the lab's clock is set back, the difference follows it this fast, so that times go on growing. */
const fastestBack = 0.1;
/** How far a board's clock may run wrong: ten times what an ordinary crystal does. What is old is dated less surely. */
const drift = 1e-4;
/** Nobody asked the board if no answer came for so long, by its clock. */
const unattendedMs = 60_000;
/** Whoever set a board's clock knew the time as well as this. */
const setWithinMs = 1000;

/** Of one boot of a board. */
export class BoardTime {
  private reading: { offsetMs: number; errorMs: number; uptimeMs: number } | null = null;
  private unattended: { from: Moment; to: Moment } | null = null;

  /**
   * @param lastMs the latest time already given to a record of this boot; none is given an earlier one
   * @param set when the board's clock was last set: the time that it was set to, and its uptime then
   */
  constructor(
    private lastMs = -Infinity,
    private readonly set: { wallMs: number; uptimeMs: number } | null = null,
  ) {}

  read({ answeredMs, roundTripMs, uptimeMs }: ClockReading): void {
    const high = answeredMs - uptimeMs;
    const low = high - roundTripMs;
    const before = this.reading;
    let offsetMs = (low + high) / 2;
    if (before) {
      const back = before.offsetMs - fastestBack * Math.max(0, uptimeMs - before.uptimeMs);
      offsetMs = Math.max(Math.min(Math.max(before.offsetMs, low), high), back);
    }
    const errorMs = Math.max(high - offsetMs, offsetMs - low);
    const from = this.lastMoment();
    this.reading = { offsetMs, uptimeMs, errorMs };
    if (from && uptimeMs - from.uptimeMs > unattendedMs) {
      const to = { atMs: offsetMs + uptimeMs, uptimeMs, errorMs };
      this.unattended = agree(from, to) ? { from, to } : null;
    }
  }

  /** @param uptimeMs of the record; `read` comes first. A record that says it is of the future is of now. */
  timeOf(uptimeMs: number): RecordTime {
    const { reading } = this;
    if (!reading) throw new Error('A record is dated after its board’s clock was read.');
    const kept = Math.min(uptimeMs, reading.uptimeMs);
    const computed = this.between(kept) ?? {
      atMs: reading.offsetMs + kept,
      errorMs: reading.errorMs + (reading.uptimeMs - kept) * drift,
    };
    const atMs = Math.max(computed.atMs, this.lastMs);
    this.lastMs = atMs;
    return { atMs, errorMs: computed.errorMs + (atMs - computed.atMs) };
  }

  private lastMoment(): Moment | null {
    const { reading, set } = this;
    if (reading) {
      const { offsetMs, uptimeMs, errorMs } = reading;
      return { atMs: offsetMs + uptimeMs, uptimeMs, errorMs };
    }
    return set && { atMs: set.wallMs, uptimeMs: set.uptimeMs, errorMs: setWithinMs };
  }

  /** Null where it was not in the time in which nobody asked. */
  private between(uptimeMs: number): RecordTime | null {
    if (!this.unattended) return null;
    const { from, to } = this.unattended;
    if (uptimeMs < from.uptimeMs || uptimeMs > to.uptimeMs) return null;
    const length = to.uptimeMs - from.uptimeMs;
    const share = (uptimeMs - from.uptimeMs) / length;
    return {
      atMs: from.atMs + share * (to.atMs - from.atMs),
      // A clock that ran as wrong as it may one way, then the other, is furthest off the line where it turned.
      errorMs: (1 - share) * from.errorMs + share * to.errorMs + 2 * drift * share * (1 - share) * length,
    };
  }
}

/** Both moments may be true of a clock that runs no more wrong than one may: none of the two clocks was set between. */
function agree(from: Moment, to: Moment): boolean {
  const elapsedMs = to.uptimeMs - from.uptimeMs;
  return Math.abs(to.atMs - from.atMs - elapsedMs) <= drift * elapsedMs + from.errorMs + to.errorMs;
}
