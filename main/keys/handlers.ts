/** What the lab does for requests about signing keys. */
import { CurlewError } from '../contract/error.ts';
import type { Emit } from '../contract/events.ts';
import type { HandlersOf } from '../dispatch.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { BoardStore } from '../store/board-store.ts';
import type { keyRequests } from './contract.ts';
import type { Keys } from './keys.ts';

export const keyHandlers = (
  keys: Keys,
  fleet: Fleet,
  boards: BoardStore,
  emit: Emit,
): HandlersOf<typeof keyRequests> => ({
  'keys.list': () => keys.list(),
  'keys.create': async ({ name }) => {
    const key = await keys.create(name);
    emit('keys', null);
    return key;
  },
  'keys.delete': async ({ keyId, gone = [] }) => {
    const attached = fleet.boards().filter((board) => board.keyId === keyId && board.state !== 'detached');
    const away = (await boards.keyedWith(keyId)).filter(({ id }) => !attached.some((one) => one.id === id));
    const users = [...attached, ...away.filter(({ id }) => !gone.includes(id))];
    if (users.length > 0) {
      const names = users.map(({ id, name }) => `${name} (${id})`).join(', ');
      throw new CurlewError(
        'KEY_IN_USE',
        `What is signed with this key alone is taken by ${names}: give it another key, or none, first. A board that is ` +
          'gone for good can be named: “curlew key delete ID BOARD”.',
        { keyId, boards: users.map(({ id }) => id) },
      );
    }
    await keys.delete(keyId);
    await boards.unkey(away.map(({ id }) => id));
    emit('keys', null);
    return keys.list();
  },
  'keys.export': ({ keyId }) => keys.exportPublic(keyId),
  'keys.backup': ({ passphrase }) => keys.backup(passphrase),
  'keys.restore': async ({ text, passphrase }) => {
    const result = await keys.restore(text, passphrase);
    emit('keys', null);
    return result;
  },
});
