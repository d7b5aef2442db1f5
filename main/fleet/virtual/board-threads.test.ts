import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { defaultProfile } from '../../../devices/boards/profiles.ts';
import { CurlewBoard } from '../../../devices/drivers/curlew/board.ts';
import { resources } from '../../resources.ts';
import { BoardThreads } from './board-threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'curlew-threads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const made: BoardThreads[] = [];
afterEach(async () => {
  for (const threads of made.splice(0)) await threads.switchOff();
});

function threadsOf(wasmPath = resources.virtualBoard): BoardThreads {
  const threads = new BoardThreads(wasmPath);
  made.push(threads);
  return threads;
}
const board = (number: number) => ({
  name: `virtual-${number}`,
  id: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, number),
  profile: defaultProfile,
  flashFile: join(folder, `${number}.flash`),
});
const portOf = (threads: BoardThreads, number: number) =>
  threads.port(`virtual:virtual-${number}`, board(number), number);

describe('virtual boards in threads', () => {
  test('are apart from each other, and one is opened by one at a time', async () => {
    const threads = threadsOf();
    const [first, second] = await Promise.all(
      [1, 2].map((number) => CurlewBoard.open(portOf(threads, number))),
    );
    expect([first!.info.name, second!.info.name]).toEqual(['virtual-1', 'virtual-2']);
    await expect(portOf(threads, 1).open()).rejects.toMatchObject({ code: 'PORT_BUSY' });
    await first!.close();
    expect((await CurlewBoard.open(portOf(threads, 1))).info.bootId).toBe(first!.info.bootId);
  });

  test('are lost when they are switched off, with their flash kept, and start again', async () => {
    const threads = threadsOf();
    const opened = await CurlewBoard.open(portOf(threads, 3));
    const closed = new Promise<Error | undefined>((resolve) => opened.onClose(resolve));
    await opened.upload(new Uint8Array(5000).fill(1), new Uint8Array(32).fill(7));
    expect(await threads.switchOff()).toEqual([]);
    expect(await closed).toMatchObject({ code: 'PORT_LOST' });
    expect(statSync(board(3).flashFile).size).toBeGreaterThan(5000);
    const again = await CurlewBoard.open(portOf(threads, 3));
    expect((await again.slots()).slots[0]).toMatchObject({ state: 'partial', length: 5000 });
  });

  test('whose thread cannot start cost nothing but themselves', async () => {
    const threads = threadsOf(join(folder, 'no-firmware.wasm'));
    for (let again = 0; again < 2; again++) {
      await expect(portOf(threads, 1).open()).rejects.toMatchObject({
        code: 'INTERNAL',
        message: expect.stringContaining('virtual boards crashed') as string,
      });
    }
  });

  test('are not opened when that was cancelled', async () => {
    const threads = threadsOf();
    await expect(portOf(threads, 4).open({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    await (await portOf(threads, 4).open()).close();
  });
});
