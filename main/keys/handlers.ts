/** What the lab does for requests about signing keys. */
import { CurlewError } from '../contract/error.ts';
import type { HandlersOf } from '../dispatch.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { keyRequests } from './contract.ts';
import type { Keys } from './keys.ts';

export const keyHandlers = (keys: Keys, fleet: Fleet): HandlersOf<typeof keyRequests> => ({
  'keys.list': () => keys.list(),
  'keys.create': ({ name }) => keys.create(name),
  'keys.delete': async ({ keyId }) => {
    const user = fleet.boards().find((board) => board.keyId === keyId);
    if (user) {
      throw new CurlewError(
        'KEY_IN_USE',
        `${user.name} takes only what is signed with this key: give it another key, or none, first.`,
        { keyId, boardId: user.id },
      );
    }
    await keys.delete(keyId);
    return keys.list();
  },
  'keys.export': ({ keyId }) => keys.exportPublic(keyId),
});
