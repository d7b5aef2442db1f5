import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { CurlewBoard } from '../../drivers/curlew/board.ts';
import { boardProfile } from '../profiles.ts';
import { VirtualBoard, type VirtualBoardOptions } from './virtual-board.ts';

const wasm = readFileSync(new URL('curlew.wasm', import.meta.url));
const made: VirtualBoard[] = [];

function board(options: Partial<VirtualBoardOptions> = {}): VirtualBoard {
  const one = new VirtualBoard({
    wasm,
    name: 'bench',
    id: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    ...options,
  });
  made.push(one);
  return one;
}

afterEach(() => {
  for (const one of made.splice(0)) one.switchOff();
});

const partial = Uint8Array.from({ length: 9000 }, (_, i) => i);
const hash = new Uint8Array(32).fill(7);

describe('a virtual board', () => {
  test('says who it is and what its numbers refer to', async () => {
    const profile = boardProfile('stm32l496-80mhz');
    const opened = await CurlewBoard.open(board({ name: 'tjäder', profile, nextBootId: () => 4711 }));
    expect(opened.info).toMatchObject({
      id: '0102030405060708',
      name: 'tjäder',
      kind: 'virtual',
      profile: 'stm32l496-80mhz',
      bootId: 4711,
      simulated: true,
      supplyMillivolts: 3000,
    });
  });

  test('has the store that its chip leaves, in this chip’s blocks', async () => {
    const opened = await CurlewBoard.open(board({ profile: boardProfile('stm32l496-80mhz') }));
    const { storeBytes, layout } = await opened.slots();
    expect([storeBytes, layout?.blockBytes]).toEqual([917_504 - 6 * 2048, 2048]);
  });

  test.each(['stm32l476-80mhz', 'ensemble-e3-160mhz'])('stands for no chip like %s', async (name) => {
    await expect(board({ profile: boardProfile(name) }).open()).rejects.toMatchObject({
      code: 'NOT_CAPABLE',
    });
  });

  test('takes what fits of a larger flash that it was saved with', async () => {
    let saved: Uint8Array | undefined;
    const one = board({ saveFlash: (contents) => (saved = contents) });
    const before = await CurlewBoard.open(one);
    await before.upload(partial, hash);
    one.switchOff();
    const larger = new Uint8Array(0x400000).fill(0xff);
    larger.set(saved!);
    const opened = await CurlewBoard.open(board({ flash: larger }));
    expect((await opened.slots()).slots).toMatchObject([{ state: 'partial', length: 9000 }]);
  });

  test('can be opened by one at a time, and again after a close', async () => {
    const one = board();
    const stream = await one.open();
    await expect(one.open()).rejects.toMatchObject({ code: 'PORT_BUSY' });
    await stream.close();
    await expect(stream.write(Uint8Array.of(0))).rejects.toMatchObject({ code: 'PORT_LOST' });
    await (await one.open()).close();
  });

  test('stays on while its line is closed', async () => {
    let boots = 0;
    const one = board({ nextBootId: () => ++boots });
    await (await CurlewBoard.open(one)).close();
    expect((await CurlewBoard.open(one)).info.bootId).toBe(1);
  });

  test('keeps its flash over being switched off, and hands it out to be kept', async () => {
    let saved: Uint8Array | undefined;
    const one = board({ saveFlash: (contents) => (saved = contents) });
    const opened = await CurlewBoard.open(one);
    await opened.upload(partial, hash);
    const before = await opened.slots();
    const closed = new Promise<Error | undefined>((resolve) => opened.onClose(resolve));
    one.switchOff();
    expect(await closed).toMatchObject({ code: 'PORT_LOST' });
    expect(await (await CurlewBoard.open(one)).slots()).toEqual(before);

    expect(saved).toBeDefined();
    const another = await CurlewBoard.open(board({ flash: saved }));
    expect(await another.slots()).toEqual(before);
  });

  test('whose flash cannot be saved is lost, and is not switched on before it can', async () => {
    let saved: Uint8Array | undefined;
    let full = true;
    const one = board({
      saveFlash(contents) {
        if (full) throw new Error('ENOSPC: no space left on device');
        saved = contents;
      },
    });
    const opened = await CurlewBoard.open(one);
    const closed = new Promise<Error | undefined>((resolve) => opened.onClose(resolve));
    // A slow upload is cut off by it.
    await opened.upload(partial, hash).catch(() => undefined);
    expect(await closed).toMatchObject({
      code: 'PORT_FAILED',
      message: expect.stringContaining('ENOSPC') as string,
    });
    await expect(one.open()).rejects.toMatchObject({ code: 'PORT_FAILED' });
    full = false;
    const slots = await (await CurlewBoard.open(one)).slots();
    expect(saved).toBeDefined();
    expect(await (await CurlewBoard.open(board({ flash: saved }))).slots()).toEqual(slots);
  });

  test('is off also where its flash could not be saved for the last time', async () => {
    const one = board({
      saveFlash() {
        throw new Error('EROFS');
      },
    });
    const opened = await CurlewBoard.open(one);
    await opened.upload(partial, hash);
    const closed = new Promise<Error | undefined>((resolve) => opened.onClose(resolve));
    expect(() => one.switchOff()).toThrow(expect.objectContaining({ code: 'PORT_FAILED' }));
    expect(await closed).toMatchObject({ code: 'PORT_LOST' });
    made.splice(made.indexOf(one), 1);
  });

  test('restarts on a reset with its port open', async () => {
    let boots = 0;
    const opened = await CurlewBoard.open(board({ nextBootId: () => ++boots }));
    await opened.upload(partial, hash);
    await opened.reset();
    expect((await opened.readInfo()).bootId).toBe(2);
    expect((await opened.slots()).slots[0]).toMatchObject({ state: 'partial', length: 9000 });
  });

  test('whose firmware crashes is lost as if unplugged, and starts again', async () => {
    let boots = 0;
    const one = board({
      nextBootId: () => {
        if (++boots === 2) throw new Error('as a trap would');
        return boots;
      },
    });
    const opened = await CurlewBoard.open(one);
    const closed = new Promise<Error | undefined>((resolve) => opened.onClose(resolve));
    await opened.reset().catch(() => undefined);
    expect(await closed).toMatchObject({ code: 'PORT_LOST' });
    expect((await CurlewBoard.open(one)).info.bootId).toBe(3);
  });

  test('has an audio source while it has a microphone', async () => {
    const one = board();
    const opened = await CurlewBoard.open(one);
    expect(opened.info.hasAudioSource).toBe(false);
    one.setMicrophone(new Int16Array(16_000));
    expect((await opened.readInfo()).hasAudioSource).toBe(true);
    one.setMicrophone(null);
    expect((await opened.readInfo()).hasAudioSource).toBe(false);
  });

  test('refuses bytes that are no firmware', async () => {
    await expect(board({ wasm: new Uint8Array(100) }).open()).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test('is not opened when that was cancelled', async () => {
    const one = board();
    await expect(one.open({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    await (await one.open()).close();
  });
});
