/** What the lab does for requests about its store. */
import type { HandlersOf } from '../dispatch.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { storeRequests } from './contract.ts';
import type { Store } from './open-store.ts';

export const storeHandlers = (store: Store, files: AllowedPaths): HandlersOf<typeof storeRequests> => ({
  'store.backup': async ({ path }, role) => store.backup(path && (await files.place(path, role))),
});
