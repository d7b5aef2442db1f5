/** How often boards restarted that nobody restarted, within the last 24 hours; kept over restarts of the lab. */
import type { KeptRestarts, RestartStore } from '../../store/restart-store.ts';
import type { Board } from '../contract/boards.ts';

const unasked = ['watchdog', 'fault', 'brown-out'];
const withinMs = 24 * 3_600_000;
/** When boards were last heard is kept this exactly. */
const keptEveryMs = 3_600_000;
/** A board may restart without end. */
const mostNoted = 1000;

export class Restarts {
  private readonly boards = new Map<string, KeptRestarts>();
  private readonly unkept = new Set<string>();
  /** When each was last heard, as it is kept. */
  private readonly keptHeardMs = new Map<string, number>();

  private constructor(private readonly store: RestartStore) {}

  /** @throws CurlewError of the store */
  static async open(store: RestartStore): Promise<Restarts> {
    const restarts = new Restarts(store);
    for (const one of await store.all()) restarts.boards.set(one.boardId, one);
    return restarts;
  }

  /** What a board tells is held against what it told when it was last looked at: no restart counts twice. */
  look(board: Board, nowMs: number): number {
    const before = this.boards.get(board.id);
    const noticedMs = (before?.noticedMs ?? []).filter((at) => nowMs - at < withinMs);
    // One that was not met yet tells nothing: what was known of it stands.
    if (board.bootId === 0) return noticedMs.length;
    const starts = board.starts && unasked.reduce((sum, cause) => sum + (board.starts?.[cause] ?? 0), 0);
    if (before && before.bootId !== board.bootId) {
      const times = this.timesSince(before, board, starts, nowMs);
      for (let i = 0; i < Math.min(times, mostNoted); i++) noticedMs.push(nowMs);
    }
    // Of a board that the lab knows of old and has not met yet, its counts are not told.
    const kept = { boardId: board.id, bootId: board.bootId, noticedMs, heardMs: board.lastSeenMs };
    const known = starts ?? (before?.bootId === board.bootId ? before.starts : null);
    this.boards.set(board.id, { ...kept, starts: known });
    const isLater = (board.lastSeenMs ?? 0) - (this.keptHeardMs.get(board.id) ?? 0) >= keptEveryMs;
    if (isLater || before?.bootId !== board.bootId || before.starts !== known) this.unkept.add(board.id);
    return noticedMs.length;
  }

  /** Durable when it resolves: what has changed since it was last kept. @throws CurlewError of the store */
  async keep(): Promise<void> {
    const kept = [...this.unkept].flatMap((id) => this.boards.get(id) ?? []);
    if (kept.length === 0) return;
    await this.store.keep(kept);
    for (const { boardId, heardMs } of kept) {
      this.unkept.delete(boardId);
      this.keptHeardMs.set(boardId, heardMs ?? 0);
    }
  }

  async forget(boardId: string): Promise<void> {
    this.boards.delete(boardId);
    this.unkept.delete(boardId);
    this.keptHeardMs.delete(boardId);
    await this.store.forget(boardId);
  }

  private timesSince(before: KeptRestarts, board: Board, starts: number | null, nowMs: number): number {
    const counted = starts !== null && before.starts !== null ? starts - before.starts : null;
    const last = Number(unasked.includes(board.cause));
    // One whose count went back was given another flash, one that was away for longer says not when it restarted: its
    // last start is all that is known.
    if (counted === null || counted < 0 || nowMs - (before.heardMs ?? nowMs) >= withinMs) return last;
    return counted;
  }
}
