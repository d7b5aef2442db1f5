/** How often boards restarted that nobody restarted, within the last 24 hours, as far as the lab has been open. */
import type { Board } from '../contract/boards.ts';

const unasked = ['watchdog', 'fault', 'brown-out'];
const withinMs = 24 * 3_600_000;

interface Seen {
  bootId: number;
  /** As the board counts them; null of firmware that does not. */
  starts: number | null;
  /** When each was noticed. */
  atMs: number[];
}

export class Restarts {
  private readonly boards = new Map<string, Seen>();

  /** What boards told when they were last met is held against what they tell then: no restart counts twice. */
  look(board: Board, nowMs: number): number {
    const starts = board.starts && unasked.reduce((sum, cause) => sum + (board.starts?.[cause] ?? 0), 0);
    const before = this.boards.get(board.id);
    const atMs = (before?.atMs ?? []).filter((at) => nowMs - at < withinMs);
    if (before && before.bootId !== 0 && before.bootId !== board.bootId) {
      const counted = starts !== null && before.starts !== null ? starts - before.starts : null;
      // One whose count went back was given another flash: its last start is all that is known.
      const times = counted !== null && counted >= 0 ? counted : Number(unasked.includes(board.cause));
      for (let i = 0; i < Math.min(times, mostNoted); i++) atMs.push(nowMs);
    }
    this.boards.set(board.id, { bootId: board.bootId, starts, atMs });
    return atMs.length;
  }

  forget(boardId: string): void {
    this.boards.delete(boardId);
  }
}

/** A board that was away for a season may have restarted without end. */
const mostNoted = 1000;
