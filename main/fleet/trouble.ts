/** What a failure makes of a board's state, and when it is tried again. */
import { CurlewError, type ErrorCode } from '../contract/error.ts';
import type { BoardState } from '../contract/types.ts';

/** The firmware's own word for why it refused; null for any other failure. */
export const refusedFor = (thrown: unknown): unknown =>
  thrown instanceof CurlewError && thrown.code === 'BOARD_REFUSED'
    ? (thrown.context['reason'] ?? null)
    : null;

export function stateOf(code: ErrorCode): BoardState {
  switch (code) {
    case 'PORT_LOST':
    case 'PORT_NOT_FOUND':
      return 'absent';
    case 'BOARD_SILENT':
      return 'silent';
    case 'BOARD_GARBAGE':
      return 'garbage';
    case 'BOARD_DUPLICATE':
      return 'duplicate';
    default:
      return 'failed';
  }
}

/** To look whether a port is there costs nothing; to greet who does not answer keeps a port busy for seconds. */
const absentMs = { first: 1500, most: 3000 };
const otherMs = { first: 1500, most: 20_000 };

/** @param failures in a row @returns milliseconds */
export function retryDelay(state: BoardState, failures: number): number {
  const { first, most } = state === 'absent' ? absentMs : otherMs;
  return Math.min(most, first * 2 ** Math.max(0, failures - 1));
}
