/**
 * Pulls a board's telemetry by cursor: what follows the last record that the store holds durably. The same number
 * acknowledges, so a record the board may overwrite is always one that is stored.
 */
import type { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { BoardRecord } from '../../devices/protocol/telemetry-record.ts';
import type { TelemetryRecord } from '../contract/types.ts';
import type { SignedImages } from '../store/signed-images.ts';
import type { TelemetryStore } from '../store/telemetry-store.ts';

export interface PullOptions {
  telemetry: TelemetryStore;
  signedImages: SignedImages;
  signal: AbortSignal;
  /** Stored already when called. */
  onRecords(records: TelemetryRecord[]): void;
  onReboot(): Promise<void>;
}

/** The boot of each board as it was last told; a cursor means something only within one boot. */
const bootOf = new WeakMap<CurlewBoard, number>();

/** Reads until nothing is left. @throws CurlewError of the board or of the store */
export async function pullTelemetry(
  board: CurlewBoard,
  boardId: string,
  options: PullOptions,
): Promise<void> {
  const { telemetry, signedImages, signal } = options;
  while (!signal.aborted) {
    const boot = bootOf.get(board) ?? board.info.bootId;
    const cursor = await telemetry.cursor(boardId, boot);
    const page = await board.telemetry(cursor, { signal });
    if (page.bootId !== boot) {
      // The cursor was of another boot: ask again with the right one.
      bootOf.set(board, page.bootId);
      await options.onReboot();
      continue;
    }
    if (page.records.length === 0) return;
    const receivedMs = Date.now();
    const records = page.records.map((record) => ({
      ...flat(record),
      expert: signedImages.imageOf(record.expert),
      boardId,
      bootId: boot,
      receivedMs,
    }));
    await telemetry.append(records);
    options.onRecords(records);
    if ((page.records.at(-1) as BoardRecord).sequence + 1 >= page.next) return;
  }
}

function flat({
  latencyUs,
  ...rest
}: BoardRecord): Omit<TelemetryRecord, 'boardId' | 'bootId' | 'receivedMs'> {
  const [featuresUs, encoderUs, routerUs, expertUs] = latencyUs;
  return { ...rest, featuresUs, encoderUs, routerUs, expertUs };
}
