/** The command line's way into a lab of another process: a real socket, a stand-in lab. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectLab } from '../contract/connect.ts';
import { findLab, makeDataFolder } from '../data-folder.ts';
import { connectCli } from './cli/connect.ts';
import { board, standInLab } from './lab-stand-in.ts';
import { openDoor, type LocalDoor } from './local-door.ts';
import { socketTransport } from './socket-transport.ts';

let folder: string;
let doors: LocalDoor[] = [];
const standIn = standInLab();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-door-'));
});
afterEach(async () => {
  for (const door of doors) await door.close();
  doors = [];
  await rm(folder, { recursive: true, force: true });
});

async function open(dataFolder = folder): Promise<LocalDoor> {
  const door = await openDoor(dataFolder, 'electron', standIn.lab);
  doors.push(door);
  return door;
}

describe('the local door', () => {
  it('lets the command line ask the lab that holds the data folder, as its owner', async () => {
    await open();
    standIn.answer('lab.info', (_none, role) => ({ role }) as never);
    const { client, own, close } = await connectCli(folder);
    expect(own).toBe(false);
    expect(await client.request('boards.list', {})).toEqual([board]);
    expect(await client.request('lab.info', {})).toEqual({ role: 'owner' });
    await close();
    await expect.poll(() => standIn.subscribers()).toBe(0);
    expect(standIn.closes()).toBe(0);
  });

  it.skipIf(process.platform === 'win32')('is open to its owner alone', async () => {
    await open();
    expect((await stat(join(folder, 'lab.sock'))).mode & 0o177).toBe(0);
    expect((await stat(join(folder, 'running.json'))).mode & 0o077).toBe(0);
  });

  it('wants the token of this launch as well', async () => {
    await open();
    const { socket, token } = (await findLab(folder))!;
    for (const wrong of ['wrong', token.slice(1), `${token}x`]) {
      await expect(socketTransport(socket, wrong)).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    }
    expect(standIn.subscribers()).toBe(0);
  });

  it('leaves nothing behind when it closes, and tells those who are connected', async () => {
    const door = await open();
    const { socket, token } = (await findLab(folder))!;
    const client = connectLab(await socketTransport(socket, token));
    const lost = new Promise((resolve) => client.onClose(({ code }) => resolve(code)));
    await door.close();
    expect(await lost).toBe('CONNECTION_LOST');
    expect(await readdir(folder)).toEqual([]);
    expect(await findLab(folder)).toBeNull();
    doors = [];
  });

  it.skipIf(process.platform === 'win32')('opens over the socket of a lab that was killed', async () => {
    const path = join(folder, 'lab.sock');
    const program = `require('net').createServer().listen(process.argv[1], () => console.log('up'))`;
    const killed = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(killed.stdout, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect((await stat(path)).isSocket()).toBe(true);
    await open();
    const { client, close } = await connectCli(folder);
    expect(await client.request('boards.list', {})).toEqual([board]);
    await close();
  });

  it('has a place of its own where the data folder’s path is too long for a socket', async () => {
    const deep = join(folder, 'a'.repeat(100));
    await makeDataFolder(deep);
    const door = await open(deep);
    const { socket } = (await findLab(deep))!;
    expect(socket.startsWith(deep)).toBe(false);
    const { client, own, close } = await connectCli(deep);
    expect(own).toBe(false);
    expect(await client.request('boards.list', {})).toEqual([board]);
    await close();
    await door.close();
    await expect(stat(join(socket, '..'))).rejects.toMatchObject({ code: 'ENOENT' });
    doors = [];
  });

  it('that cannot be opened says so with a code, and is not announced', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(open(join(folder, 'none'))).rejects.toMatchObject({ code: 'PORT_FAILED' });
    expect(await findLab(join(folder, 'none'))).toBeNull();
  });
});

describe('a lab of the command line’s own', () => {
  it('is asked by a second command meanwhile, and a killed one’s announcement holds nobody up', async () => {
    // A process that lives and has nothing to do with the lab whose number it bears.
    const socket = join(folder, 'lab.sock');
    await writeFile(
      join(folder, 'running.json'),
      JSON.stringify({ pid: process.pid, shell: 'web', socket, token: 'old' }),
    );
    const first = await connectCli(folder);
    expect(first.own).toBe(true);
    const second = await connectCli(folder);
    expect(second.own).toBe(false);
    expect(await second.client.request('lab.info', {})).toMatchObject({ shell: 'cli', role: 'owner' });
    await second.close();
    await first.close();
    await expect(readFile(join(folder, 'running.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
