/** Tells pages what changed of the boards: field by field, several changes together. */
import type { Clock } from '../../devices/protocol/clock.ts';
import type { Board, BoardChange, BoardChanges } from './contract/boards.ts';

/** A fleet that works changes some board all the time; a person sees no faster than this, milliseconds. */
const tellEveryMs = 100;

export class ChangeTeller {
  /** As the pages have them, by entry. */
  private told = new Map<number, Board>();
  private readonly dirty = new Map<number, Board | null>();
  private stopWaiting: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (changes: BoardChanges) => void,
  ) {}

  changed(board: Board): void {
    this.note(board.entry, board);
  }

  gone(entry: number): void {
    this.note(entry, null);
  }

  /** Nothing is told any more. */
  close(): void {
    this.stopWaiting?.();
    this.stopWaiting = () => undefined;
  }

  private note(entry: number, board: Board | null): void {
    this.dirty.set(entry, board);
    this.stopWaiting ??= this.clock.after(tellEveryMs, () => {
      this.stopWaiting = null;
      this.flush();
    });
  }

  private flush(): void {
    const changes: BoardChanges = { added: [], changed: [], gone: [] };
    for (const [entry, board] of this.dirty) {
      const before = this.told.get(entry);
      if (board === null) {
        if (this.told.delete(entry)) changes.gone.push(entry);
        continue;
      }
      this.told.set(entry, board);
      const change = before && difference(before, board);
      if (!before) changes.added.push(board);
      else if (change) changes.changed.push(change);
    }
    this.dirty.clear();
    const { added, changed, gone } = changes;
    if (added.length + changed.length + gone.length > 0) this.tell(changes);
  }
}

/** @returns null where nothing differs */
function difference(before: Board, now: Board): BoardChange | null {
  const fields = (Object.keys(now) as (keyof Board)[]).filter(
    (field) => before[field] !== now[field] && JSON.stringify(before[field]) !== JSON.stringify(now[field]),
  );
  if (fields.length === 0) return null;
  return { entry: now.entry, ...Object.fromEntries(fields.map((field) => [field, now[field]])) };
}
