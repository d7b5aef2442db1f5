/** What the lab does for requests about comparisons. */
import type { HandlersOf } from '../../dispatch.ts';
import { mayAsk } from '../../contract/roles.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import type { Comparisons } from './comparisons.ts';
import type { compareRequests } from './contract/requests.ts';

export const compareHandlers = (
  comparisons: Comparisons,
  files: AllowedPaths,
): HandlersOf<typeof compareRequests> => ({
  'compare.start': async ({ paths = [], ...asked }, role) =>
    comparisons.start({
      ...asked,
      paths: await Promise.all(paths.map((path) => files.resolve(path, role))),
    }),
  'compare.get': ({ jobId }) => comparisons.get(jobId),
  'compare.clips': ({ jobId, board, model, ...page }) => comparisons.clips({ jobId, board, model }, page),
  'compare.windows': ({ jobId, board, model, clip }) => comparisons.windows({ jobId, board, model }, clip),
  'compare.statistics': ({ jobId }) => comparisons.statistics(jobId),
  // What recordings sound like is for operators, as everywhere.
  'compare.report': ({ jobId }, role) => comparisons.report(jobId, mayAsk(role, 'operator')),
  'compare.write': async ({ jobId, path, ...wish }, role) =>
    comparisons.write(jobId, { ...wish, path: await files.place(path, role) }),
});
