import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Board } from '../contract/types.ts';
import { boardStore, type BoardStore } from './board-store.ts';
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
  const found = async (boards: BoardStore) =>
    (await boards.met()).map(({ kept, baudRate, usb, known: { id, portId } }) => [
      id,
      portId,
      baudRate,
      usb,
      kept,
    ]);
  expect(await found(later)).toEqual([
    ['a', '/dev/ttyUSB0', 115_200, '1:2:3', true],
    ['b', '/dev/ttyUSB1', null, null, true],
  ]);
  await later.letGo('a');
  expect(await found(later)).toMatchObject([
    ['a', '/dev/ttyUSB0', 115_200, '1:2:3', false],
    ['b', '/dev/ttyUSB1', null, null, true],
  ]);
  await later.seen({ ...board, id: 'a', portId: '/dev/ttyUSB0', portKind: 'serial' }, usual);
  const last = await reopened();
  expect((await last.met()).map(({ kept }) => kept)).toEqual([true, true]);
  await last.forget('a');
  expect((await (await reopened()).met()).map(({ known }) => known.id)).toEqual(['b']);
});

test('what a board told when it was last met is known at the next start', async () => {
  const told = {
    ...({ firmware: '1.2', bootId: 0xffff_ffff, cause: 'watchdog', trial: 'trial' } as const),
    activeExpert: { name: 'night', version: 3, sha256: 'ab'.repeat(32), bits: 4, ternary: false },
  };
  await boardStore(store).seen({ ...board, ...told }, usual);
  const [met] = await (await reopened()).met();
  expect(met?.known).toMatchObject({ id: board.id, name: 'Heron', ...told });
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
  expect(await boards.met()).toMatchObject([{ known: { portId: 'elsewhere' } }]);
});

test('what key a board asked for when it was last met is known, also after it was let go', async () => {
  const boards = boardStore(store);
  await boards.seen({ ...board, keyId: 'k1' }, usual);
  expect(await boards.keyedWith('k1')).toEqual([{ id: board.id, name: 'Heron' }]);
  await boards.seen({ ...board, keyId: 'k2' }, usual);
  await boards.letGo(board.id);
  const later = await reopened();
  expect(await later.keyedWith('k1')).toEqual([]);
  expect(await later.keyedWith('k2')).toEqual([{ id: board.id, name: 'Heron' }]);
  await later.unkey([board.id]);
  expect(await later.keyedWith('k2')).toEqual([]);
});
