/** How a board's clock stands against the lab's, and when the lab sets it. */
import type { BoardInfo } from '../../devices/protocol/messages/board-info.ts';
import { span } from '../contract/figures.ts';
import type { BoardClock } from './contract/boards.ts';

/** A clock that is off by no more than this is left to run on: its rate is known the better for it. Milliseconds. */
const tolerableMs = 500;
/** A drift is told once a clock has run on for so long. */
const tellingMs = 3_600_000;
const longMs = 24 * tellingMs;

/** When an answer of the board was there, and how long it had been asked for, by the lab's clock. */
export interface Answered {
  answeredMs: number;
  roundTripMs: number;
}

/** @returns null where it was not set since the board started, or cannot be */
export function clockOf(
  { clock }: Pick<BoardInfo, 'clock'>,
  { answeredMs, roundTripMs }: Answered,
): BoardClock | null {
  if (!clock) return null;
  const writtenMs = answeredMs - roundTripMs / 2;
  // A board tells whole milliseconds.
  return { setMs: clock.setMs, behindMs: writtenMs - clock.nowMs, errorMs: roundTripMs / 2 + 1 };
}

/** It is to be set: nobody did since the board started, or it is off by more than may be left. */
export const isToBeSet = (clock: BoardClock | null): boolean =>
  clock === null || Math.abs(clock.behindMs) > tolerableMs + clock.errorMs;

/** So long since it was set that how it ran is worth a word with every meeting. */
export const ranLong = ({ setMs }: BoardClock, nowMs: number): boolean => nowMs - setMs > longMs;

/** How it ran since it was set, a sentence; null where that is too short ago to tell, and it is right. */
export function drifted(clock: BoardClock, nowMs: number): string | null {
  const { setMs, behindMs, errorMs } = clock;
  const ranMs = nowMs - setMs;
  if (ranMs < tellingMs) return isToBeSet(clock) ? `Its clock was ${offBy(behindMs)}.` : null;
  const after = `after ${span(Math.round(ranMs / 60_000) * 60_000)}`;
  const surely = Math.abs(behindMs) > errorMs;
  if (!surely) return `Its clock was right within ${Math.ceil(errorMs)} ms ${after}.`;
  const millionths = (Math.abs(behindMs) / ranMs) * 1e6;
  return `Its clock was ${offBy(behindMs)} ${after}, ${millionths.toPrecision(2)} ppm.`;
}

const offBy = (behindMs: number): string => {
  const ms = Math.round(Math.abs(behindMs));
  return `${ms < 1000 ? `${ms} ms` : span(ms)} ${behindMs > 0 ? 'behind' : 'ahead'}`;
};
