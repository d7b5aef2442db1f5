/** What the lab does for requests about drift. */
import type { HandlersOf } from '../../dispatch.ts';
import type { driftRequests } from '../contract/drift.ts';
import type { Drift } from '../drift/drift.ts';

export const driftHandlers = (drift: Drift): HandlersOf<typeof driftRequests> => ({
  'fleet.drift': () => drift.ofFleet(),
});
