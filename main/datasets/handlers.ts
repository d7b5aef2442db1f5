/** What the lab does for requests about data sets. */
import type { Background } from '../background/background.ts';
import type { HandlersOf } from '../dispatch.ts';
import { given } from '../given.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { dataSetRequests } from './contract.ts';

export const dataSetHandlers = (
  files: AllowedPaths,
  background: Background,
): HandlersOf<typeof dataSetRequests> => ({
  'datasets.inspect': async ({ path, ...options }, role) =>
    background.run('inspectDataSet', await files.resolve(path, role), given(options)),
});
