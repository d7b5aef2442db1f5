/** A visit to a board: what it holds is fetched, what is wanted of it is done, and a sheet of both is kept. */
import { randomUUID } from 'node:crypto';
import { toCurlewError } from '../contract/error.ts';
import type { Asker } from '../contract/roles.ts';
import type { Visit } from '../contract/types.ts';
import type { VisitStore } from '../store/visit-store.ts';
import type { VisitBoard } from './contract/visits.ts';
import { difference, differenceText, standingOf } from './contract/wanted.ts';
import type { Details } from './details/details.ts';
import type { Microphones } from './microphone/microphones.ts';
import type { Fleet } from './fleet.ts';
import type { Session } from './session.ts';
import { bringUp, type BringUpRooms } from './update/bring-up.ts';

export interface VisitRooms extends BringUpRooms {
  fleet: Fleet;
  details: Details;
  visits: VisitStore;
  microphones: Pick<Microphones, 'ofBoard'>;
  /** Fetches the windows that it was least certain of. @throws CurlewError BOARD_FIRMWARE where it keeps none */
  fetchUncertain(session: Session): Promise<{ fetched: number; failed: readonly string[] }>;
  /** Milliseconds since 1970. */
  wallMs(): number;
}

/**
 * @param automatic nobody asked: only what was to be done when it is met is done, what else differs is left for a person
 * What goes wrong with bringing it up to date stands on the sheet; what was fetched stays.
 * @throws CurlewError BOARD_NOT_FOUND, PORT_LOST and others of the board where nothing can be fetched; those of the store
 */
export async function makeVisit(
  boardId: string,
  by: Asker | null,
  rooms: VisitRooms,
  automatic = false,
): Promise<Visit> {
  const { fleet, details, visits, wallMs } = rooms;
  const startedMs = wallMs();
  const session = fleet.session(boardId);
  const sinceMs = await visits.last(boardId);
  const clock = session.clockFound(sinceMs);
  await session.pull();
  const did: string[] = [];
  const left: string[] = [];
  let uncertain: number | undefined;
  try {
    const { fetched, failed } = await rooms.fetchUncertain(session);
    uncertain = fetched;
    left.push(...failed);
  } catch (thrown) {
    const error = toCurlewError(thrown);
    // Where windows of it are wanted, that is among what differs.
    if (error.code !== 'BOARD_FIRMWARE') left.push(error.message);
  }
  const microphone = await rooms.microphones.ofBoard(boardId).catch((thrown: unknown) => {
    left.push(`Whether its microphone hears could not be judged: ${toCurlewError(thrown).message}`);
    return null;
  });
  const { whenMet } = details.of(boardId);
  try {
    if (!automatic || whenMet)
      await bringUp(session, details.wanted(boardId), rooms, {
        signal: new AbortController().signal,
        progress: () => undefined,
        did: (what) => void did.push(what),
        by,
      });
    if (whenMet) await details.change([boardId], { whenMet: false });
  } catch (thrown) {
    left.push(toCurlewError(thrown).message);
  }
  const differences = difference(details.wanted(boardId), session.state);
  // A trial is stood by itself: the sheet says that it is on, and nothing is left to be done.
  left.push(...(differences ?? []).filter(({ kind }) => kind !== 'trial').map(differenceText));
  const { name, site } = details.of(boardId);
  const { firmware, freeFlashBytes } = session.state;
  const runs = session.state.activeRouter ?? session.state.activeExpert;
  const visit: Visit = {
    ...{ id: randomUUID(), boardId, boardName: name || session.state.name, site },
    ...{ startedMs, endedMs: wallMs(), sinceMs, clock, did, left, by, automatic },
    ...(uncertain !== undefined && { uncertain }),
    ...(microphone !== null && { microphone }),
    found: await visits.found(boardId, sinceMs),
    board: {
      ...{ firmware, freeFlashBytes, standing: standingOf(details.wanted(boardId), differences) },
      ...{ runs: runs && { name: runs.name, version: runs.version } },
      position: positionOf(details.of(boardId)) ?? positionOf(session.state.settings),
    },
  };
  await visits.keep(visit);
  session.note(
    'visited',
    `${visit.boardName} was visited${automatic ? ' by itself: it had been away' : ''}.`,
    { by },
  );
  return visit;
}

const positionOf = (
  said: { latitude: number | null; longitude: number | null } | null,
): VisitBoard['position'] =>
  said === null || said.latitude === null || said.longitude === null
    ? null
    : { latitude: said.latitude, longitude: said.longitude };
