/** What the lab does for requests about visits. */
import type { HandlersOf } from '../../dispatch.ts';
import type { VisitSettingStore } from '../../store/visit-setting.ts';
import type { visitRequests } from '../contract/visits.ts';
import { makeVisit, type VisitRooms } from '../visits.ts';

export const visitHandlers = (
  rooms: VisitRooms & { setting: VisitSettingStore },
): HandlersOf<typeof visitRequests> => ({
  'visits.make': ({ boardId }, _role, by) => makeVisit(boardId, by ?? null, rooms),
  'visits.get': ({ visitId }) => rooms.visits.get(visitId),
  'visits.setting': () => rooms.setting.setting,
  'visits.change': async (setting) => {
    await rooms.setting.change(setting);
    return rooms.setting.setting;
  },
  'visits.list': ({ boardId = null, before = null, limit }) => rooms.visits.list(boardId, before, limit),
});
