/**
 * Each board's log: what befell it and what was done with it, kept in the store. What comes again is one entry with a
 * count: a board may go and come, or babble, at any rate.
 */
import type { Clock } from '../../devices/protocol/clock.ts';
import { toCurlewError } from '../contract/error.ts';
import type { Emit } from '../contract/events.ts';
import type { Asker } from '../contract/roles.ts';
import type { BoardLogEntry, BoardLogKind, LogLine } from '../contract/types.ts';
import type { BoardLogStore } from '../store/board-log-store.ts';

export interface Noted {
  level?: LogLine['level'];
  by?: Asker | null | undefined;
  /** How often it came, at least 1. */
  times?: number;
}

interface Context {
  emit: Emit;
  /** The lab's own log has every entry too. */
  log(level: LogLine['level'], subject: string | null, text: string): void;
  clock: Clock;
  /** Milliseconds since 1970. */
  wallMs(): number;
}

/** Among so many of a board's last entries one that says the same is looked for. */
const comparedEntries = 4;
/** What a board answers wrong in ever other words is one entry if it comes this soon, milliseconds. */
const sameTroubleMs = 10_000;
/** Repeated records that come later are another entry: each shows when it was. */
const sameRepeatsMs = 600_000;
/** An entry that has come again is written this much later, with all that came meanwhile. */
const writeAgainMs = 10_000;

export class BoardLog {
  private readonly recent = new Map<string, BoardLogEntry[]>();
  private readonly unwritten = new Map<number, BoardLogEntry>();
  private writing: Promise<void> = Promise.resolve();
  private takeBack: (() => void) | null = null;

  private constructor(
    private readonly store: BoardLogStore,
    private readonly context: Context,
    private number: number,
  ) {}

  /** @throws CurlewError of the store */
  static async open(store: BoardLogStore, context: Context): Promise<BoardLog> {
    const log = new BoardLog(store, context, await store.last());
    // What comes again with every start of the lab is one entry, too.
    for (const entry of await store.recent(comparedEntries)) {
      log.recent.set(entry.boardId, [...(log.recent.get(entry.boardId) ?? []), entry]);
    }
    return log;
  }

  /** Never fails: where the store does, the lab's own log says so. */
  add(
    boardId: string,
    kind: BoardLogKind,
    text: string,
    { level = 'info', by = null, times = 1 }: Noted = {},
  ): void {
    this.context.log(level, boardId, text);
    const atMs = this.context.wallMs();
    const recent = this.recent.get(boardId) ?? [];
    const same = by === null ? recent.find((one) => isSame(one, kind, text, atMs)) : undefined;
    const entry = same
      ? { ...same, atMs, count: same.count + times, text }
      : { number: ++this.number, boardId, atMs, count: times, kind, level, text, by };
    this.recent.set(boardId, [...recent.filter((one) => one !== same), entry].slice(-comparedEntries));
    this.unwritten.set(entry.number, entry);
    this.context.emit('boardLog', entry);
    if (!same) void this.write();
    else this.takeBack ??= this.context.clock.after(writeAgainMs, () => void this.write());
  }

  /** With what was not written yet. @throws CurlewError of the store */
  async entries(boardId: string, limit: number, before?: number): Promise<BoardLogEntry[]> {
    await this.write();
    return this.store.entries(boardId, limit, before);
  }

  /** @throws CurlewError of the store */
  async count(boardId: string): Promise<number> {
    await this.write();
    return this.store.count(boardId);
  }

  /** @throws CurlewError of the store */
  async forget(boardId: string): Promise<void> {
    await this.write();
    this.recent.delete(boardId);
    await this.store.forget(boardId);
  }

  close(): Promise<void> {
    return this.write();
  }

  private write(): Promise<void> {
    this.takeBack?.();
    this.takeBack = null;
    this.writing = this.writing.then(async () => {
      const entries = [...this.unwritten.values()];
      if (entries.length === 0) return;
      this.unwritten.clear();
      await this.store
        .write(entries)
        .catch((thrown: unknown) => this.context.log('error', null, toCurlewError(thrown).message));
    });
    return this.writing;
  }
}

function isSame(one: BoardLogEntry, kind: BoardLogKind, text: string, atMs: number): boolean {
  if (one.kind !== kind || one.by !== null) return false;
  if (kind === 'repeated' && atMs - one.atMs >= sameRepeatsMs) return false;
  return one.text === text || (kind === 'trouble' && atMs - one.atMs < sameTroubleMs);
}
