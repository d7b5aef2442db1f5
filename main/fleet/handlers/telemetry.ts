/** What the lab does for requests about what boards answer and recorded. */
import type { HandlersOf } from '../../dispatch.ts';
import type { KnownImages } from '../../store/known-images.ts';
import type { TelemetryStore } from '../../store/telemetry-store.ts';
import type { telemetryRequests } from '../contract/telemetry.ts';
import type { Fleet } from '../fleet.ts';
import { telemetryCsv } from '../telemetry-csv.ts';

interface Rooms {
  fleet: Pick<Fleet, 'boards'>;
  telemetry: TelemetryStore;
  images: KnownImages;
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
  };
}
