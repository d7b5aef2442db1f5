/** What the lab does for requests about what boards answer and recorded. */
import type { Emit } from '../../contract/events.ts';
import { dateTime, grouped } from '../../contract/figures.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { KnownImages } from '../../store/known-images.ts';
import type { TelemetryStore } from '../../store/telemetry-store.ts';
import type { telemetryRequests } from '../contract/telemetry.ts';
import type { Fleet } from '../fleet.ts';
import { telemetryPiece } from '../../store/telemetry-table.ts';
import { namedBoards, startExport, type ExportRooms } from '../export-job.ts';
import { namePart } from '../../export-name.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';

interface Rooms extends ExportRooms {
  fleet: Pick<Fleet, 'boards' | 'session'>;
  telemetry: TelemetryStore;
  images: KnownImages;
  files: Pick<AllowedPaths, 'place'>;
  emit: Emit;
}

export function telemetryHandlers(rooms: Rooms): HandlersOf<typeof telemetryRequests> {
  const { fleet, telemetry, images, files } = rooms;
  return {
    'telemetry.records': async ({ boardId, limit, before }) =>
      (await telemetry.records(boardId, limit, before)).map((record) => ({
        ...record,
        ...images.namesOf(record),
      })),
    'telemetry.summary': ({ boardId }) => telemetry.summary(boardId),
    'telemetry.export': async ({ path, fromMs = null, toMs = null, ...wish }, role) => {
      for (const boardId of wish.boardIds) fleet.session(boardId);
      return startExport(rooms, { ...wish, fromMs, toMs, path: await files.place(path, role) });
    },
    'telemetry.table': async ({ boardId, level, from = null, fromMs = null, toMs = null }) => {
      fleet.session(boardId);
      const [board] = namedBoards(rooms).filter(({ id }) => id === boardId);
      const wish = { board: board!, level, fromMs, toMs };
      const { text, next } = await telemetryPiece(rooms.store, wish, from);
      return { name: `${namePart(board!.name) || 'board'}-${level}.csv`, mime: 'text/csv', text, next };
    },
    'telemetry.holds': ({ boardId, beforeMs }) => telemetry.holds(boardId, beforeMs),
    'telemetry.delete': async ({ boardId, beforeMs }, _role, by) => {
      const session = fleet.session(boardId);
      const records = await telemetry.delete(boardId, beforeMs);
      const which = beforeMs === undefined ? 'all' : `those from before ${dateTime(beforeMs)}`;
      session.note('deleted', `Records were deleted, ${which}: ${grouped(records)}.`, { by });
      rooms.emit('telemetryDeleted', { boardId });
      return { records };
    },
  };
}
