/** What the lab does for requests about roll-outs. */
import type { HandlersOf } from '../../dispatch.ts';
import type { rolloutRequests } from '../contract/rollout.ts';
import type { Rollouts } from '../rollout/rollouts.ts';

export const rolloutHandlers = (rollouts: Rollouts): HandlersOf<typeof rolloutRequests> => ({
  'rollouts.start': (order, _role, by) => rollouts.start(order, by ?? null),
  'rollouts.list': ({ beforeMs = null, limit }) => rollouts.list(beforeMs, limit),
  'rollouts.get': ({ rolloutId }) => rollouts.get(rolloutId),
  'rollouts.boards': ({ rolloutId, after = 0, limit }) => rollouts.boards(rolloutId, after, limit),
  'rollouts.log': ({ rolloutId, after = 0, limit }) => rollouts.log(rolloutId, after, limit),
  'rollouts.approve': ({ rolloutId }, _role, by) => rollouts.approve(rolloutId, by ?? null),
  'rollouts.pause': ({ rolloutId }, _role, by) => rollouts.pause(rolloutId, by ?? null),
  'rollouts.resume': ({ rolloutId }, _role, by) => rollouts.resume(rolloutId, by ?? null),
  'rollouts.halt': ({ rolloutId }, _role, by) => rollouts.halt(rolloutId, by ?? null),
  'rollouts.rollback': ({ rolloutId }, _role, by) => rollouts.rollback(rolloutId, by ?? null),
});
