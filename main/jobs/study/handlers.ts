/** What the lab does for requests about training, evaluation and encoders of one's own. */
import type { HandlersOf } from '../../dispatch.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import type { studyRequests } from './contract/requests.ts';
import type { Studies } from './studies.ts';

export const studyHandlers = (studies: Studies, files: AllowedPaths): HandlersOf<typeof studyRequests> => ({
  'train.start': async ({ path, ...asked }, role) =>
    studies.train({ ...asked, path: await files.resolve(path, role) }),
  'evaluate.start': async ({ path, ...asked }, role) =>
    studies.evaluate({ ...asked, path: await files.resolve(path, role) }),
  'evaluate.cost': async ({ path, ...asked }, role) =>
    studies.cost({ ...asked, path: await files.resolve(path, role) }),
  'evaluate.bank': async ({ path, ...asked }, role) =>
    studies.testBank({ ...asked, path: await files.resolve(path, role) }),
  'train.curves': ({ jobId }) => studies.curves(jobId),
  'evaluate.file': ({ jobId, name, from }) => studies.file(jobId, name, from),
  'evaluate.bytes': ({ jobId, name, from }) => studies.bytes(jobId, name, from),
  'experts.importEncoder': async ({ path, name, recordings }, role) =>
    studies.importEncoder({
      path: await files.resolve(path, role),
      name,
      recordings: await files.resolve(recordings, role),
    }),
});
