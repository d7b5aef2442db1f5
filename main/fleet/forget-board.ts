/** Forgetting a board: what is kept of it, and its deletion. */
import { CurlewError } from '../contract/error.ts';
import type { BoardHoldings } from '../contract/types.ts';
import type { BatteryStore } from '../store/battery-store.ts';
import type { BoardStore } from '../store/board-store.ts';
import type { TelemetryStore } from '../store/telemetry-store.ts';
import type { UncertainStore } from '../store/uncertain-store.ts';
import type { VisitStore } from '../store/visit-store.ts';
import type { Alerts } from './alerts/alerts.ts';
import type { BoardLog } from './board-log.ts';
import type { Details } from './details/details.ts';
import type { Fleet } from './fleet.ts';
import type { PortDirectory } from './port-directory.ts';

interface Rooms {
  fleet: Fleet;
  ports: PortDirectory;
  telemetry: TelemetryStore;
  boards: BoardStore;
  boardLog: BoardLog;
  details: Details;
  visits: Pick<VisitStore, 'forget' | 'count'>;
  batteries: Pick<BatteryStore, 'choose'>;
  uncertain: Pick<UncertainStore, 'forget'>;
  alerts: Pick<Alerts, 'forget'>;
}

/** @throws CurlewError BOARD_NOT_FOUND */
export async function holdingsOf(boardId: string, rooms: Omit<Rooms, 'alerts'>): Promise<BoardHoldings> {
  const { portId } = rooms.fleet.session(boardId).state;
  const [telemetry, deployments, logEntries, visits] = await Promise.all([
    rooms.telemetry.holds(boardId),
    rooms.boards.deployments(boardId),
    rooms.boardLog.count(boardId),
    rooms.visits.count(boardId),
  ]);
  const described = rooms.details.has(boardId);
  return { telemetry, deployments, logEntries, visits, described, files: rooms.ports.isMade(portId) };
}

/**
 * Lets go of a board and deletes what is kept of it. Where it fails half-way it is still known, at the next start at
 * the latest, and can be forgotten again.
 * @throws CurlewError BOARD_NOT_FOUND, FILE_UNWRITABLE, STORE_FAILED
 */
export async function forgetBoard(boardId: string, rooms: Rooms): Promise<void> {
  const { fleet, ports } = rooms;
  const { portId } = fleet.session(boardId).state;
  await fleet.drop(boardId);
  if (ports.isMade(portId)) await ports.remove(portId);
  await rooms.telemetry.forget(boardId);
  await rooms.boardLog.forget(boardId);
  await rooms.details.forget(boardId);
  await rooms.visits.forget(boardId);
  await rooms.batteries.choose(boardId, null);
  await rooms.uncertain.forget(boardId);
  await rooms.alerts.forget(boardId);
  await rooms.boards.forget(boardId);
  // So that pages see the port go.
  await fleet.listPorts();
}

/** @throws CurlewError PORT_BUSY while a board of this port is listed; PORT_NOT_FOUND, FILE_UNWRITABLE */
export async function removePort(
  portId: string,
  { fleet, ports }: Pick<Rooms, 'fleet' | 'ports'>,
): Promise<void> {
  const board = fleet.boardAt(portId);
  if (board) {
    throw new CurlewError(
      'PORT_BUSY',
      `${board.name} is at ${portId}: forget the board, and its port goes with it.`,
      { port: portId, boardId: board.id },
    );
  }
  await ports.remove(portId);
  await fleet.listPorts();
}
