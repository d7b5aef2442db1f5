/** What the lab does for requests about visits. */
import type { HandlersOf } from '../../dispatch.ts';
import type { VisitStore } from '../../store/visit-store.ts';
import type { visitRequests } from '../contract/visits.ts';
import { makeVisit } from '../visits.ts';

export const visitHandlers = (
  rooms: Parameters<typeof makeVisit>[2] & { visits: VisitStore },
): HandlersOf<typeof visitRequests> => ({
  'visits.make': ({ boardId }, _role, by) => makeVisit(boardId, by ?? null, rooms),
  'visits.list': ({ boardId = null, before = null, limit }) => rooms.visits.list(boardId, before, limit),
});
