/** What the lab does for requests about labelled sets of runs. */
import type { HandlersOf } from '../dispatch.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { labelledSetRequests } from './contract.ts';
import { labelRun, type LabelRooms } from './label-run.ts';

export const labelledSetHandlers = (
  rooms: LabelRooms,
  files: AllowedPaths,
): HandlersOf<typeof labelledSetRequests> => ({
  'detections.labelledSet': async ({ jobId, path, beside, ...wish }, role) =>
    labelRun(rooms, jobId, {
      ...wish,
      path: await files.place(path, role),
      beside: beside === undefined ? undefined : await files.resolve(beside, role),
    }),
});
