/** Fetches the windows that a board kept as its least certain. */
import { toCurlewError, CurlewError } from '../contract/error.ts';
import type { Emit } from '../contract/events.ts';
import type { Details } from '../fleet/details/details.ts';
import type { Session } from '../fleet/session.ts';
import { refusedFor } from '../fleet/trouble.ts';
import type { KnownImages } from '../store/known-images.ts';
import type { SignedImages } from '../store/signed-images.ts';
import type { UncertainStore } from '../store/uncertain-store.ts';
import type { UncertainPulled } from './contract.ts';

export interface PullRooms {
  uncertain: UncertainStore;
  images: KnownImages;
  signedImages: SignedImages;
  details: Pick<Details, 'of'>;
  /** Milliseconds since 1970. */
  wallMs(): number;
  emit: Emit;
}

/**
 * Each is durable in the store before the board is told that it may let go of it; one that cannot be read stays on the
 * board, and the others come all the same. Telemetry is best fetched before: a window is dated by its record.
 * @throws CurlewError of the board; BOARD_FIRMWARE where its firmware keeps none; STORE_FAILED
 */
export async function pullUncertain(session: Session, rooms: PullRooms): Promise<UncertainPulled> {
  const pulled: UncertainPulled = { fetched: 0, known: 0, room: 0, failed: [] };
  try {
    await fetchAll(session, rooms, pulled);
  } finally {
    // Those that came before a failure are here for good, too.
    if (pulled.fetched > 0) rooms.emit('uncertain', null);
  }
  return pulled;
}

async function fetchAll(session: Session, rooms: PullRooms, pulled: UncertainPulled): Promise<void> {
  const board = session.connected();
  const { id: boardId, settings } = session.state;
  const longitude = rooms.details.of(boardId).longitude ?? settings?.longitude ?? 0;
  for (let after = 0; ;) {
    const page = await board.uncertain(after).catch((thrown: unknown) => {
      if (refusedFor(thrown) !== 'not_supported') throw thrown;
      throw noneKept(session.state.name, board.info.firmware, thrown);
    });
    pulled.room = page.room;
    if (page.windows.length === 0) return;
    for (const { id, crc } of page.windows) {
      if (id <= after)
        throw new CurlewError('BOARD_BAD_REPLY', 'The board tells of uncertain windows in no order.', {
          boardId,
        });
      after = id;
      try {
        const window = await board.uncertainWindow(id);
        const expert = rooms.signedImages.imageOf(window.expert);
        const labels = rooms.images.of(expert)?.labels ?? null;
        const receivedMs = rooms.wallMs();
        const fresh = await rooms.uncertain.keep({ boardId, window, receivedMs, longitude, expert, labels });
        pulled[fresh ? 'fetched' : 'known']++;
        await board.acknowledgeUncertain(id, crc);
      } catch (thrown) {
        const { code, message } = toCurlewError(thrown);
        // A better one has taken its place meanwhile.
        if (refusedFor(thrown) === 'bad_slot') continue;
        if (code !== 'BOARD_BAD_REPLY') throw thrown;
        pulled.failed.push(`Window ${id}: ${message}`);
      }
    }
  }
}

const noneKept = (name: string, firmware: string, cause: unknown): CurlewError =>
  new CurlewError(
    'BOARD_FIRMWARE',
    `The firmware of ${name} (${firmware}) keeps no uncertain windows; that of version 0.4 does. Put the firmware that comes with the lab on it.`,
    { firmware },
    { cause },
  );
