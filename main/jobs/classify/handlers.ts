/** What the lab does for requests about classification. */
import type { HandlersOf } from '../../dispatch.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import type { Classification } from './classification.ts';
import type { classifyRequests } from './contract/requests.ts';

export const classifyHandlers = (
  classification: Classification,
  files: AllowedPaths,
): HandlersOf<typeof classifyRequests> => ({
  'classify.start': async ({ paths, modelId, settings }, role) =>
    classification.start(
      await Promise.all(paths.map((path) => files.resolve(path, role))),
      modelId,
      settings,
    ),
  'classify.files': ({ jobId, ...page }) => classification.files(jobId, page),
  'classify.detections': ({ jobId, ...page }) => classification.detections(jobId, page),
});
