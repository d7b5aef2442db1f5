import type { HandlersOf } from '../dispatch.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { ownModelRequests } from './contract.ts';
import type { OwnModels } from './own-models.ts';

export const ownModelHandlers = (
  models: OwnModels,
  files: AllowedPaths,
): HandlersOf<typeof ownModelRequests> => ({
  'models.list': () => models.list(),
  'models.add': ({ path }, role) => models.add(path, (one) => files.resolve(one, role)),
  'models.check': ({ modelId }) => models.check(modelId),
  'models.remove': async ({ modelId }) => {
    await models.remove(modelId);
    return null;
  },
});
