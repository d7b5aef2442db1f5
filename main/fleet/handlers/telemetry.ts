/** What the lab does for requests about what boards answer and recorded. */
import type { Emit } from '../../contract/events.ts';
import { dateTime, grouped } from '../../contract/figures.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { KnownImages } from '../../store/known-images.ts';
import type { TelemetryStore } from '../../store/telemetry-store.ts';
import type { telemetryRequests } from '../contract/telemetry.ts';
import type { Fleet } from '../fleet.ts';
import { telemetryCsv } from '../telemetry-csv.ts';

interface Rooms {
  fleet: Pick<Fleet, 'boards' | 'session'>;
  telemetry: TelemetryStore;
  images: KnownImages;
  emit: Emit;
}

export function telemetryHandlers(rooms: Rooms): HandlersOf<typeof telemetryRequests> {
  const { fleet, telemetry, images } = rooms;
  return {
    'telemetry.records': async ({ boardId, limit, before }) =>
      (await telemetry.records(boardId, limit, before)).map((record) => ({
        ...record,
        ...images.namesOf(record),
      })),
    'telemetry.summary': ({ boardId }) => telemetry.summary(boardId),
    'telemetry.export': ({ boardId, from }) => {
      const name = fleet.boards().find(({ id }) => id === boardId)?.name ?? '';
      return telemetryCsv(rooms, { id: boardId, name }, from);
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
