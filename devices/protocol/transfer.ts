/**
 * Sends bytes piece by piece, several pieces in flight, to a receiver that answers each piece with the offset of
 * the next byte it wants. A lost or refused piece shows as an answer that lags; sending goes on from there.
 */
import { CurlewError, toCurlewError } from '../../main/contract/error.ts';

export interface Transfer {
  data: Uint8Array;
  /** Where the receiver already stands. */
  from: number;
  pieceBytes: number;
  /** Pieces in flight, at least 1. */
  window: number;
  /** Sends one piece; answers the next byte wanted. */
  send(offset: number, piece: Uint8Array): Promise<number>;
  onProgress?(offset: number): void;
  signal?: AbortSignal;
}

/** Silences or refusals in a row, without a byte gained, after which a transfer gives up. */
const mostStalls = 5;

/** @throws what `send` throws, once it has thrown `mostStalls` times without progress; ABORTED */
export async function transfer(task: Transfer): Promise<void> {
  const { data, pieceBytes } = task;
  type Outcome = { key: symbol; start: number; end: number; wanted?: number; error?: CurlewError };
  const flying = new Map<symbol, { start: number; outcome: Promise<Outcome> }>();
  let wanted = task.from;
  let next = task.from;
  let stalls = 0;

  const launch = (): void => {
    const key = Symbol();
    const start = next;
    const end = Math.min(start + pieceBytes, data.length);
    next = end;
    const outcome = task.send(start, data.subarray(start, end)).then(
      (answer): Outcome => ({ key, start, end, wanted: answer }),
      (thrown: unknown): Outcome => ({ key, start, end, error: toCurlewError(thrown) }),
    );
    flying.set(key, { start, outcome });
  };

  while (wanted < data.length) {
    if (task.signal?.aborted) throw new CurlewError('ABORTED', 'The transfer was cancelled.');
    // After a loss one piece at a time, until bytes arrive again.
    const window = stalls > 0 ? 1 : task.window;
    while (flying.size < window && next < data.length) launch();
    const done = await Promise.race([...flying.values()].map((piece) => piece.outcome));
    flying.delete(done.key);
    if (done.error !== undefined) {
      if (done.error.code !== 'BOARD_SILENT' || ++stalls >= mostStalls) throw done.error;
    } else if (done.wanted !== undefined && done.wanted > wanted) {
      wanted = Math.min(done.wanted, data.length);
      stalls = 0;
      task.onProgress?.(wanted);
    } else if (done.wanted !== undefined && done.wanted < task.from) {
      throw new CurlewError(
        'BOARD_REFUSED',
        `The board lost what it had received (it wants byte ${done.wanted} again).`,
      );
    } else if (++stalls >= mostStalls * task.window) {
      throw new CurlewError('BOARD_REFUSED', `The board takes no more data after byte ${wanted}.`);
    }
    // Nothing on its way begins where the receiver waits: go back to there.
    const covered = next > wanted && [...flying.values()].some((piece) => piece.start <= wanted);
    if (!covered && next !== wanted) {
      await Promise.all([...flying.values()].map((piece) => piece.outcome));
      flying.clear();
      next = wanted;
    }
  }
}
