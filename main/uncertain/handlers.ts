/** What the lab does for requests about uncertain windows. */
import type { HandlersOf } from '../dispatch.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { uncertainRequests } from './contract.ts';
import { pullUncertain, type PullRooms } from './pull.ts';
import type { Uncertain } from './uncertain.ts';

export const uncertainHandlers = (
  uncertain: Uncertain,
  files: AllowedPaths,
  rooms: PullRooms & { fleet: Fleet },
): HandlersOf<typeof uncertainRequests> => ({
  'uncertain.pull': async ({ boardId }) => {
    const session = rooms.fleet.session(boardId);
    await session.pull();
    return pullUncertain(session, rooms);
  },
  'uncertain.list': (page) => uncertain.list(page),
  'uncertain.logMel': ({ number }) => uncertain.logMel(number),
  'uncertain.counts': ({ reviewer }) => uncertain.counts(reviewer),
  'uncertain.decide': ({ number, reviewer, verdict, label = null }) =>
    uncertain.decide(number, { reviewer, verdict, label }),
  'uncertain.undo': ({ reviewer }) => uncertain.undo(reviewer),
  'uncertain.labelledSet': async ({ path, beside, ...wish }, role) =>
    uncertain.labelledSet({
      ...wish,
      path: await files.place(path, role),
      beside: beside === undefined ? undefined : await files.resolve(beside, role),
    }),
});
