/**
 * Tells pages of records that were stored, a few times a second however fast they come, and never of more at once than a
 * page draws: it asks for the rest of those boards that it shows.
 */
import type { Clock } from '../../devices/protocol/clock.ts';
import type { NamedRecord, StoredRecords } from '../contract/types.ts';

const tellEveryMs = 250;
/** Of all boards together. */
const mostAtOnce = 200;

export class RecordTeller {
  private readonly boards = new Map<string, StoredRecords>();
  private stopWaiting: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (told: StoredRecords[]) => void,
  ) {}

  /** @param records oldest first, durable */
  stored(boardId: string, records: readonly NamedRecord[]): void {
    const before = this.boards.get(boardId);
    this.boards.set(boardId, {
      boardId,
      stored: (before?.stored ?? 0) + records.length,
      records: [...(before?.records ?? []), ...records].slice(-mostAtOnce),
    });
    this.stopWaiting ??= this.clock.after(tellEveryMs, () => {
      this.stopWaiting = null;
      this.flush();
    });
  }

  /** Nothing is told any more. */
  close(): void {
    this.stopWaiting?.();
    this.stopWaiting = () => undefined;
  }

  private flush(): void {
    const each = Math.floor(mostAtOnce / this.boards.size);
    const told = [...this.boards.values()].map((one) => ({
      ...one,
      records: each === 0 ? [] : one.records.slice(-each),
    }));
    this.boards.clear();
    this.tell(told);
  }
}
