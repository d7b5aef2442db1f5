import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { standInLab } from '../../lab-stand-in.ts';
import { openDoor, type LocalDoor } from '../../local-door.ts';
import { readArgs } from '../args.ts';
import { serveCommands } from './serve.ts';

let folder: string;
let door: LocalDoor | null = null;
let printed: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-open-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await door?.close();
  door = null;
  await rm(folder, { recursive: true });
});

const run = (...words: string[]) => {
  const args = readArgs([...words, '--data', folder], serveCommands);
  return serveCommands[args.command]!.alone!(args);
};
const link = 'http://127.0.0.1:4711/#token=secret';

describe('a lab that runs already', () => {
  test('is found again: its address is printed, by “open” as by a second start', async () => {
    door = await openDoor(folder, 'web', standInLab().lab, link);
    expect(await run('open', '--json')).toBe(0);
    expect(JSON.parse(printed)).toEqual({ link, browserOpened: false, pid: process.pid });
    printed = '';
    expect(await run('serve')).toBe(0);
    expect(printed).toContain(link);
  });

  test('is not served a second time at another address', async () => {
    door = await openDoor(folder, 'web', standInLab().lab, link);
    const refused = run('serve', '--port', '4712');
    await expect(refused).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await expect(refused).rejects.not.toThrow('secret');
    await expect(refused).rejects.toThrow('http://127.0.0.1:4711/');
  });

  test('opens no more folders when it is started again, and says what does', async () => {
    door = await openDoor(folder, 'web', standInLab().lab, link);
    const refused = run('serve', '--folder', folder, '--folder', tmpdir());
    await expect(refused).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await expect(refused).rejects.toThrow('curlew folders add FOLDER');
  });

  test('that has a window, or works for a command, has no address', async () => {
    door = await openDoor(folder, 'electron', standInLab().lab);
    expect(await run('open')).toBe(0);
    expect(printed).toContain('its own window');
    await expect(run('serve')).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  });
});

test('a folder that is not there is refused before the lab opens', async () => {
  const args = readArgs(['serve', '--folder', join(folder, 'none'), '--data', folder], serveCommands);
  await expect(serveCommands['serve']!.check!(args)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test('where no lab runs, “open” says how to start one', async () => {
  await expect(run('open')).rejects.toMatchObject({ code: 'LAB_ABSENT' });
});
