/** What the lab does for requests about detections. */
import type { HandlersOf } from '../dispatch.ts';
import type { detectionRequests } from './contract/requests.ts';
import type { scoringRequests } from './contract/scoring.ts';
import type { writingRequests } from './contract/writing.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { Detections } from './detections.ts';

export const detectionHandlers = (
  detections: Detections,
  files: AllowedPaths,
): HandlersOf<typeof detectionRequests & typeof writingRequests & typeof scoringRequests> => ({
  'detections.score': async ({ jobId, paths, ...wish }, role) =>
    detections.score(jobId, {
      ...wish,
      paths: await Promise.all(paths.map((path) => files.resolve(path, role))),
    }),
  'detections.write': async ({ jobId, path, ...wish }, role) =>
    detections.write(jobId, { ...wish, path: await files.place(path, role) }),
  'detections.list': ({ jobId, filter, ...page }) => detections.list(jobId, filter, page),
  'detections.classes': ({ jobId, filter }) => detections.summary(jobId, filter),
  'detections.timeline': ({ jobId, filter, ...page }) => detections.timeline(jobId, filter, page),
  'detections.windows': ({ jobId, ...stretch }) => detections.windows(jobId, stretch),
  'detections.export': ({ jobId, filter, format, from }) =>
    detections.export(jobId, { format, filter, from }),
  'detections.provenance': ({ jobId, from }) => detections.provenance(jobId, from),
});
