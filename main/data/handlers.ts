/** What the lab does for requests about its data folder, and the folders that it may open. */
import type { Background } from '../background/background.ts';
import type { HandlersOf } from '../dispatch.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { dataRequests } from './contract.ts';
import { dropMove, pendingMove, wishMove } from './move.ts';
import type { Folders } from './folders.ts';
import type { StudyJobs } from './sizes.ts';

export interface DataRooms {
  dataFolder: string;
  background: Background;
  jobs: Jobs;
  folders: Folders;
}

export function dataHandlers(rooms: DataRooms): HandlersOf<typeof dataRequests> {
  const { dataFolder, background, jobs, folders } = rooms;
  return {
    'data.look': async () => ({
      ...(await background.run('lookAtData', dataFolder, studyJobs(jobs))),
      movesTo: pendingMove(dataFolder),
    }),
    'data.move': async ({ path }) => ({ to: await wishMove(dataFolder, path) }),
    'data.stay': async () => (await dropMove(dataFolder), null),
    'data.clean': ({ kinds }) => background.run('cleanData', dataFolder, kinds, studyJobs(jobs)),
    'folders.list': () => folders.list(),
    'folders.add': ({ path }) => folders.add(path),
    'folders.remove': ({ path }) => folders.remove(path),
  };
}

function studyJobs(jobs: Jobs): StudyJobs {
  const all = jobs.page(Infinity);
  const ids = (some: typeof all) => some.map(({ id }) => id);
  return {
    // A failed one goes on from its last checkpoint.
    unfinished: ids(all.filter(({ state }) => state !== 'done' && state !== 'cancelled')),
    waiting: all.flatMap(({ id: jobId, state }) =>
      state === 'paused' || state === 'failed' ? [{ jobId, state }] : [],
    ),
    reported: ids(all.filter(({ kind, state }) => kind === 'evaluate' && state === 'done')),
  };
}
