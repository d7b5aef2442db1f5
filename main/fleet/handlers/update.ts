/** What the lab does for requests about bringing boards up to date. */
import type { HandlersOf } from '../../dispatch.ts';
import type { updateRequests } from '../contract/update.ts';
import type { Updates } from '../update/updates.ts';

export const updateHandlers = (updates: Updates): HandlersOf<typeof updateRequests> => ({
  'fleet.update': ({ boardIds, whenMet = false }, _role, by) => updates.start(boardIds, whenMet, by ?? null),
});
