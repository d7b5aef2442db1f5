/** What the lab does for requests about detections. */
import type { HandlersOf } from '../dispatch.ts';
import type { detectionRequests } from './contract/requests.ts';
import type { writingRequests } from './contract/writing.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { Detections } from './detections.ts';

export const detectionHandlers = (
  detections: Detections,
  files: AllowedPaths,
): HandlersOf<typeof detectionRequests & typeof writingRequests> => ({
  'detections.write': async ({ jobId, path, ...wish }, role) =>
    detections.write(jobId, { ...wish, path: await files.place(path, role) }),
  'detections.list': ({ jobId, filter, ...page }) => detections.list(jobId, filter, page),
  'detections.classes': ({ jobId, filter }) => detections.summary(jobId, filter),
  'detections.timeline': ({ jobId, filter, ...page }) => detections.timeline(jobId, filter, page),
  'detections.windows': ({ jobId, ...stretch }) => detections.windows(jobId, stretch),
  'detections.export': ({ jobId, filter, format, from }) =>
    detections.export(jobId, { format, filter, from }),
});
