/** What the lab does for requests about classification. */
import type { HandlersOf } from '../../dispatch.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import type { Classification } from './classification.ts';
import type { classifyRequests } from './contract/requests.ts';

export const classifyHandlers = (
  classification: Classification,
  files: AllowedPaths,
): HandlersOf<typeof classifyRequests> => ({
  'classify.start': async ({ paths, expertId }, role) =>
    classification.start(await Promise.all(paths.map((path) => files.resolve(path, role))), expertId),
  'classify.files': ({ jobId }) => classification.files(jobId),
  'classify.detections': ({ jobId, path }) => classification.detections(jobId, path),
  'classify.export': ({ jobId, format }) => classification.export(jobId, format),
});
