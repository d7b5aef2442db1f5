/**
 * Sends bytes piece by piece, several pieces in flight, to a receiver that answers each piece with the offset of
 * the next byte it wants, and answers in order. So an answer shows at once what of the pieces before it was lost:
 * that is sent again without waiting for a time limit to pass.
 */
import { CurlewError, toCurlewError } from '../../main/contract/error.ts';

export interface TransferAnswer {
  /** Next byte wanted: all before it has arrived. */
  wanted: number;
  /** The piece came too early and is kept until the ones before it have come. */
  kept?: boolean;
}

/** Tells a transfer how large its pieces shall be, and is told how they fare. */
export interface Pace {
  readonly pieceBytes: number;
  /** Pieces in flight, at least 1. */
  readonly window: number;
  taken(pieceBytes: number): void;
  lost(pieceBytes: number): void;
  kept(): void;
}

export interface Transfer {
  data: Uint8Array;
  /** Where the receiver already stands. */
  from: number;
  pace: Pace;
  /**
   * Sends one piece. @param attempt 0, or how many silences there were since the last byte arrived
   * @param again this byte was sent before
   */
  send(offset: number, piece: Uint8Array, attempt: number, again: boolean): Promise<TransferAnswer>;
  onProgress?(offset: number): void;
  signal?: AbortSignal;
}

/** Silences in a row, and answers that want the same byte, without a byte gained, after which a transfer gives up. */
const mostSilences = 8;
const mostStalls = 60;
/** In flight, those given up included: more would only wait for a place at the board. */
const mostFlights = 9;

interface Piece {
  start: number;
  end: number;
}

interface Flight extends Piece {
  order: number;
  /** It may still arrive, and is no longer counted on: it will be, or was, sent again. */
  stale: boolean;
}

type Outcome = { flight: Flight } & ({ answer: TransferAnswer } | { error: CurlewError });

/** @throws what `send` throws, once it was silent `mostSilences` times without progress; ABORTED */
export async function transfer(task: Transfer): Promise<void> {
  const { data, pace } = task;
  const outcomes: Outcome[] = [];
  let wake = (): void => undefined;
  let flights: Flight[] = [];
  /** Kept by the receiver beyond the byte it wants. */
  let kept: Piece[] = [];
  let keepsEarly = false;
  let wanted = task.from;
  let sentUpTo = task.from;
  let order = 0;
  let silences = 0;
  let stalls = 0;

  const settle = (outcome: Outcome): void => {
    outcomes.push(outcome);
    wake();
  };

  /** The first stretch that is neither there nor on its way. */
  const hole = (): Piece => {
    const covered = [...kept, ...flights.filter((flight) => !flight.stale)].sort((a, b) => a.start - b.start);
    let start = wanted;
    for (const piece of covered) {
      if (piece.start > start) return { start, end: piece.start };
      start = Math.max(start, piece.end);
    }
    return { start, end: data.length };
  };

  const launch = ({ start, end: limit }: Piece): void => {
    const end = Math.min(start + pace.pieceBytes, limit);
    const flight = { start, end, order: order++, stale: false };
    const again = start < sentUpTo;
    sentUpTo = Math.max(sentUpTo, end);
    flights.push(flight);
    task.send(start, data.subarray(start, end), silences, again).then(
      (answer) => settle({ flight, answer }),
      (thrown: unknown) => settle({ flight, error: toCurlewError(thrown) }),
    );
  };

  const giveUp = (flight: Flight): void => {
    flight.stale = true;
    pace.lost(flight.end - flight.start);
  };

  const answered = (flight: Flight, answer: TransferAnswer): void => {
    // Answers come in order: what was sent before and has none was lost, or its answer was.
    for (const earlier of flights.filter((one) => one.order < flight.order)) {
      if (!earlier.stale && earlier.end > answer.wanted) giveUp(earlier);
    }
    flights = flights.filter((one) => one.order > flight.order);
    if (answer.wanted > wanted) {
      silences = stalls = 0;
      task.onProgress?.(Math.min(answer.wanted, data.length));
    } else if (++stalls > mostStalls) {
      throw new CurlewError('BOARD_REFUSED', `The board takes no more data after byte ${wanted}.`);
    }
    // It may want bytes again that it had: it has restarted, and not all was in its flash.
    if (answer.wanted < wanted) kept = [];
    wanted = Math.min(answer.wanted, data.length);
    kept = kept.filter((piece) => piece.end > wanted);
    if (answer.kept) {
      keepsEarly = true;
      pace.kept();
      kept.push({ start: flight.start, end: flight.end });
    }
    if (flight.stale) return;
    if (answer.kept || wanted >= flight.end) pace.taken(flight.end - flight.start);
    // It keeps nothing that comes too early: all that is still in flight comes in vain.
    else if (!keepsEarly) abandon((later) => later.start > wanted);
  };

  const abandon = (which: (flight: Flight) => boolean): void => {
    for (const flight of flights) flight.stale ||= which(flight);
  };

  const failed = (flight: Flight, error: CurlewError): void => {
    flights = flights.filter((one) => one !== flight);
    // Damaged on the way, though its frame looked right: as good as lost.
    const damaged = error.context['reason'] === 'bad_hash';
    if (error.code !== 'BOARD_SILENT' && !damaged) throw error;
    if (flight.stale || flight.end <= wanted) return;
    giveUp(flight);
    // One silence, however many were in flight.
    abandon(() => true);
    if (++silences >= mostSilences) throw error;
  };

  while (wanted < data.length) {
    if (task.signal?.aborted) throw new CurlewError('ABORTED', 'The transfer was cancelled.');
    // After a silence one piece at a time, until bytes arrive again.
    const window = silences > 0 ? 1 : pace.window;
    while (flights.length < mostFlights && flights.filter((flight) => !flight.stale).length < window) {
      const next = hole();
      if (next.start >= data.length) break;
      launch(next);
    }
    if (outcomes.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    for (const outcome of outcomes.splice(0)) {
      if ('answer' in outcome) answered(outcome.flight, outcome.answer);
      else failed(outcome.flight, outcome.error);
    }
  }
}
