import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CurlewBoard } from '../../../devices/drivers/curlew/board.ts';
import { resources } from '../../resources.ts';
import type { MadePort } from '../port-directory.ts';
import { virtualBoards, type VirtualBoards } from './virtual-boards.ts';

let folder: string;
let virtual: VirtualBoards;
const open = () =>
  virtualBoards(folder, resources.virtualBoard, (_, error) => {
    throw error;
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-virtual-'));
  virtual = open();
});
afterEach(async () => {
  await virtual.close();
  await rm(folder, { recursive: true });
});

async function about({ port }: MadePort) {
  const board = await CurlewBoard.open(port);
  const { storeBytes, layout } = await board.slots();
  const { profile, id } = board.info;
  await board.close();
  return { profile, id, storeBytes, blockBytes: layout?.blockBytes };
}

test('chips that hold the firmware are offered, and of others it is said what is missing', () => {
  const chips = virtual.chips();
  expect(chips[0]).toMatchObject({ name: 'stm32l4r5-120mhz', storeBytes: 1_966_080, unfit: null });
  const small = chips.find(({ name }) => name === 'stm32l476-80mhz');
  expect(small?.unfit).toMatch(/bytes of RAM are missing/);
  expect(() => virtual.create('stm32l476-80mhz')).toThrow(expect.objectContaining({ code: 'NOT_CAPABLE' }));
  expect(() => virtual.create('abacus')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('a board stays the chip that it was made as, over launches', async () => {
  virtual.first();
  const made = await about(virtual.create('stm32l496-80mhz'));
  expect(made).toMatchObject({ profile: 'stm32l496-80mhz', blockBytes: 2048 });
  await virtual.close();
  virtual = open();
  const [first, second] = virtual.known();
  expect(await about(first!)).toMatchObject({ profile: 'stm32l4r5-120mhz', blockBytes: 4096 });
  expect(await about(second!)).toEqual(made);
});

test('a board from before chips were kept is of the usual one, with its own identity', async () => {
  await writeFile(join(folder, 'virtual-1.id'), '0123456789abcdef');
  expect(await about(virtual.known()[0]!)).toMatchObject({
    id: '0123456789abcdef',
    profile: 'stm32l4r5-120mhz',
  });
});

test('where its files cannot be written a board is refused with a sentence, not with what the system says', async () => {
  const nowhere = join(folder, 'gone');
  const none = virtualBoards(nowhere, resources.virtualBoard, () => undefined);
  const message = `A virtual board keeps its identity and its flash in ${nowhere}, which cannot be used: its folder is gone.`;
  expect(() => none.create()).toThrow(expect.objectContaining({ code: 'PORT_FAILED', message }));
  await none.close();
});
