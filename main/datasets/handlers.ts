/** What the lab does for requests about data sets. */
import type { HandlersOf } from '../dispatch.ts';
import { given } from '../given.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { dataSetRequests } from './contract.ts';
import { dataSetInfo } from './data-set-info.ts';
import { readDataset } from './read-dataset.ts';

export const dataSetHandlers = (files: AllowedPaths): HandlersOf<typeof dataSetRequests> => ({
  'datasets.inspect': async ({ path, ...options }, role) =>
    dataSetInfo(
      await readDataset(await files.resolve(path, role), {
        ...given(options),
        allowed: (real) => files.permits(real),
      }),
    ),
});
