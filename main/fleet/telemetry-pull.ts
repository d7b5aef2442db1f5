/**
 * Pulls a board's telemetry by cursor: what follows the last record that the store holds durably. The same number
 * acknowledges, so a record the board may overwrite is always one that is stored.
 */
import type { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { Clock } from '../../devices/protocol/clock.ts';
import type { BoardRecord } from '../../devices/protocol/telemetry-record.ts';
import { CurlewError } from '../contract/error.ts';
import type { TelemetryRecord } from '../contract/types.ts';
import type { SignedImages } from '../store/signed-images.ts';
import type { TelemetryStore } from '../store/telemetry-store.ts';
import { BoardTime } from './board-time.ts';

export interface PullContext {
  telemetry: TelemetryStore;
  signedImages: SignedImages;
  clock: Clock;
  /** Milliseconds since 1970. */
  wallMs(): number;
}

export interface PullOptions {
  signal: AbortSignal;
  /** Stored already when called. */
  onRecords(records: TelemetryRecord[]): void;
  /** So many records of an answer were there already, or twice in it; each is stored once. */
  onRepeated(records: number): void;
  /**
   * The board's sequence numbers went back within one start, after `last`: what it keeps now cannot be told from what is
   * stored, and is left out. Told once of each start.
   */
  onCountedBack(last: number): void;
  /** The board has restarted; what it throws ends the pull. */
  onReboot(bootId: number): Promise<void>;
}

/**
 * No board has reason to keep more records a second for long (a hop of 1,600 samples makes ten); one that does is left
 * to overwrite them, and costs the store no more than this. What a whole ring holds comes at once.
 */
const recordsPerSecond = 100;
const mostAtOnce = 10_000;

interface Boot {
  id: number;
  time: BoardTime;
  countedBack: boolean;
}

export class TelemetryPull {
  /** A cursor means something only within one boot, and so does an uptime. */
  private boot: Boot | null = null;
  private clockSet: { bootId: number; wallMs: number; uptimeMs: number } | null = null;
  private allowance = mostAtOnce;
  private countedMs: number;

  constructor(private readonly context: PullContext) {
    this.countedMs = context.clock.nowMs();
  }

  /**
   * Reads until nothing is left.
   * @throws CurlewError of the board or of the store; BOARD_BAD_REPLY where it repeats records, or names another boot
   *   with every answer
   */
  async pull(board: CurlewBoard, boardId: string, options: PullOptions): Promise<void> {
    const { telemetry, clock } = this.context;
    const { signal } = options;
    for (let reboots = 0; !signal.aborted && this.mayRead();) {
      const boot = await this.bootOf(boardId, this.boot?.id ?? board.info.bootId);
      const cursor = await telemetry.cursor(boardId, boot.id);
      const askedMs = clock.nowMs();
      const page = await board.telemetry(cursor, { signal });
      if (page.bootId !== boot.id) {
        // The cursor was of another boot: ask again with the right one.
        if (++reboots > 1) throw bad('names another start with every answer');
        await options.onReboot(page.bootId);
        await this.bootOf(boardId, page.bootId);
        continue;
      }
      boot.time.read({
        answeredMs: this.context.wallMs(),
        roundTripMs: clock.nowMs() - askedMs,
        uptimeMs: page.uptimeMs,
      });
      // After the highest number of 32 bits comes 0.
      const next = page.next === 0 ? 2 ** 32 : page.next;
      if (next <= cursor && !boot.countedBack) {
        boot.countedBack = true;
        options.onCountedBack(cursor);
      }
      if (page.records.length === 0) return;
      const unstored = fresh(page.records, cursor);
      const repeated = page.records.length - unstored.length;
      if (repeated > 0) options.onRepeated(repeated);
      const records = this.dated(unstored, boardId, boot);
      if (records.length === 0) throw bad('repeats records that the lab has');
      this.allowance -= records.length;
      await telemetry.append(records);
      options.onRecords(records);
      if ((records.at(-1) as TelemetryRecord).sequence + 1 >= next) return;
    }
  }

  /** When the board's clock had been set before this lab asked anything of this start: the first word counts. */
  clockWasSet(bootId: number, wallMs: number, uptimeMs: number): void {
    if (this.clockSet?.bootId !== bootId) this.clockSet = { bootId, wallMs, uptimeMs };
  }

  private async bootOf(boardId: string, id: number): Promise<Boot> {
    if (this.boot?.id !== id) {
      const last = await this.context.telemetry.lastTime(boardId, id);
      const set = this.clockSet?.bootId === id ? this.clockSet : null;
      this.boot = { id, time: new BoardTime(last ?? undefined, set), countedBack: false };
    }
    return this.boot;
  }

  private dated(records: readonly BoardRecord[], boardId: string, boot: Boot): TelemetryRecord[] {
    const receivedMs = this.context.wallMs();
    const bootId = boot.id;
    return records.map((record) => {
      const { atMs, errorMs } = boot.time.timeOf(record.uptimeMs);
      const expert = this.context.signedImages.imageOf(record.expert);
      return { ...record, expert, boardId, bootId, receivedMs, atMs, errorMs };
    });
  }

  private mayRead(): boolean {
    const now = this.context.clock.nowMs();
    const gained = ((now - this.countedMs) / 1000) * recordsPerSecond;
    this.allowance = Math.min(mostAtOnce, this.allowance + gained);
    this.countedMs = now;
    return this.allowance >= 1;
  }
}

/** Those that follow the cursor and each other. */
function fresh(records: readonly BoardRecord[], cursor: number): BoardRecord[] {
  let last = cursor;
  return records.filter(({ sequence }) => {
    if (sequence <= last) return false;
    last = sequence;
    return true;
  });
}

const bad = (what: string): CurlewError => new CurlewError('BOARD_BAD_REPLY', `The board ${what}.`);
