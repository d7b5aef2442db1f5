/** A newly activated expert must prove itself: whole boards that lose their power, through the real driver. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpert } from '../fixtures/random-expert.ts';

const folder = mkdtempSync(join(tmpdir(), 'curlew-trial-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [first, second] = [1, 2].map((seed) => packExpert(randomExpert(seed), new Uint8Array(32)));
const pcm = Int16Array.from({ length: 15_600 }, (_, i) => 8000 * Math.sin(i / 7));

/** The board with the power on: closing its line takes it away, the flash stays. */
const powered = async <T>(work: (board: CurlewBoard) => Promise<T>): Promise<T> => {
  const flashFile = join(folder, 'flash');
  const board = await CurlewBoard.open(hostBoard({ name: 'trial', id: '00000000000000aa', flashFile }));
  try {
    return await work(board);
  } finally {
    await board.close();
  }
};
const deploy = (image: Uint8Array, windows: number) =>
  powered(async (board) => {
    const sha256 = createHash('sha256').update(image).digest();
    const { slot } = await board.upload(image, sha256);
    await board.verify(slot);
    await board.activate({ slots: [slot] });
    for (let i = 0; i < windows; i++) await board.infer(pcm);
    return slot;
  });
const banks = () => powered(async (board) => board.slots());

test('an expert that has answered three windows stays through any number of restarts', async () => {
  const slot = await deploy(first!, 3);
  for (let start = 0; start < 5; start++) {
    expect(await banks()).toMatchObject({ active: [slot], trial: 'none' });
  }
});

test('an expert that never comes to answer is left for the one before at the third start', async () => {
  const before = (await banks()).active;
  const slot = await deploy(second!, 2);
  const seen = [await banks(), await banks(), await banks(), await banks()];
  expect(seen.map(({ active, trial }) => [active, trial])).toEqual([
    [[slot], 'trial'],
    [[slot], 'trial'],
    [before, 'fell_back'],
    [before, 'fell_back'],
  ]);
  // It answers, and the other lies there still: nothing has to be sent again to try once more.
  await powered((board) => board.infer(pcm));
  expect(await deploy(second!, 3)).toBe(slot);
  expect(await banks()).toMatchObject({ active: [slot], previous: before, trial: 'none' });
});
