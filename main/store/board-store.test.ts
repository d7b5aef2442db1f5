import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Board } from '../contract/types.ts';
import { boardStore } from './board-store.ts';
import { openStore, type Store } from './open-store.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-boards-'));
  store = await openStore(join(folder, 'lab.duckdb'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const board = {
  id: '0123456789abcdef',
  portId: 'virtual:one',
  portKind: 'virtual',
  name: 'Heron',
  kind: 'virtual',
  simulated: true,
  profile: 'm4f-120',
  keyId: null,
} as Partial<Board> as Board;
const usual = { baudRate: null, usb: null };
const reopened = async () => {
  await store.close();
  store = await openStore(join(folder, 'lab.duckdb'));
  return boardStore(store);
};

test('boards are kept over a restart, with the way to reach them, until they are let go', async () => {
  const boards = boardStore(store);
  await boards.seen(
    { ...board, id: 'a', portId: '/dev/ttyUSB0', portKind: 'serial' },
    { baudRate: 115_200, usb: '1:2:3' },
  );
  await boards.seen({ ...board, id: 'b', portId: '/dev/ttyUSB1', portKind: 'serial' }, usual);
  const later = await reopened();
  expect((await later.kept()).map(({ id, portId, baudRate, usb }) => [id, portId, baudRate, usb])).toEqual([
    ['a', '/dev/ttyUSB0', 115_200, '1:2:3'],
    ['b', '/dev/ttyUSB1', null, null],
  ]);
  await later.forget('a');
  expect((await later.kept()).map(({ id }) => id)).toEqual(['b']);
  expect(await later.forgottenPorts()).toEqual(new Set(['/dev/ttyUSB0']));
  await later.seen({ ...board, id: 'a', portId: '/dev/ttyUSB0', portKind: 'serial' }, usual);
  expect(await (await reopened()).kept()).toHaveLength(2);
});

test('a board that comes and goes all the time is not written each time, one that moved is', async () => {
  let writes = 0;
  const counted: Store = {
    ...store,
    transaction: (work) => {
      writes++;
      return store.transaction(work);
    },
  };
  const boards = boardStore(counted);
  for (let i = 0; i < 100; i++) await boards.seen(board, usual);
  expect(writes).toBe(1);
  await boards.seen({ ...board, portId: 'elsewhere' }, usual);
  expect(writes).toBe(2);
  expect(await boards.kept()).toMatchObject([{ portId: 'elsewhere' }]);
});

test('what key a board asked for when it was last met is known, also after it was let go', async () => {
  const boards = boardStore(store);
  await boards.seen({ ...board, keyId: 'k1' }, usual);
  expect(await boards.keyedWith('k1')).toEqual([{ id: board.id, name: 'Heron' }]);
  await boards.seen({ ...board, keyId: 'k2' }, usual);
  await boards.forget(board.id);
  const later = await reopened();
  expect(await later.keyedWith('k1')).toEqual([]);
  expect(await later.keyedWith('k2')).toEqual([{ id: board.id, name: 'Heron' }]);
  await later.unkey([board.id]);
  expect(await later.keyedWith('k2')).toEqual([]);
});
