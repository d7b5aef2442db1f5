/** What happens on real serial paths (pseudo-terminals): noise, silence, a pulled cable, a board that comes back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectLab } from '../../main/contract/connect.ts';
import type { LabClient } from '../../main/contract/client.ts';
import { openLab, type Lab } from '../../main/lab.ts';
import { resources } from '../../main/resources.ts';
import { localTransport } from '../../main/shells/local-transport.ts';
import { ended, removeFolder, temporaryFolder, until } from './lab-process.ts';

let folder: string;
let lab: Lab;
let client: LabClient;
let children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  lab = await openLab({ dataFolder: folder, shell: 'test' });
  client = connectLab(localTransport(lab));
});
afterEach(async () => {
  await lab.close();
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await removeFolder(folder);
});

/** The other end of a cable that is pulled once so many bytes have gone to the board. */
const pulledAfter = (bytes: number, board: string): string =>
  `SYSTEM:stty raw -echo <${board}; cat <${board} & dd bs=1 count=${bytes} of=${board} 2>/dev/null; kill $!`;

/** A pseudo-terminal at `path`, joined by socat to `other`. */
async function cable(path: string, other: string): Promise<ChildProcess> {
  const child = spawn('socat', [`pty,raw,echo=0,link=${path}`, other], { stdio: 'ignore' });
  children.push(child);
  await until(() => existsSync(path));
  return child;
}

/** The firmware as a host process; answers the path of its pseudo-terminal. */
async function hostBoard(): Promise<{ path: string; child: ChildProcess }> {
  const child = spawn(join(resources.firmware, 'curlew-host'), { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { path: /\/dev\/\S+/.exec(line)?.[0] ?? '', child };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code: string }).code,
  );
const stateAt = async (portId: string) =>
  (await client.request('boards.list', {})).find((board) => board.portId === portId)?.state;

test('a device that speaks garbage is shown as such, and the lab stays well', async () => {
  const path = join(folder, 'noise');
  await cable(path, 'SYSTEM:while true; do echo hello from another firmware; sleep 0.02; done');
  expect(await codeOf(client.request('boards.attach', { portId: path }))).toBe('BOARD_GARBAGE');
  expect(await stateAt(path)).toBe('garbage');
  const [virtual] = await client.request('boards.list', {});
  expect(virtual?.state).toBe('attached');
});

test('a silent device and a port that is not there are told apart', async () => {
  const path = join(folder, 'silence');
  await cable(path, 'SYSTEM:sleep 60');
  expect(await codeOf(client.request('boards.attach', { portId: path }))).toBe('BOARD_SILENT');
  expect(await codeOf(client.request('boards.attach', { portId: join(folder, 'none') }))).toBe(
    'PORT_NOT_FOUND',
  );
});

test('a pulled cable is noticed at once, ends what was waiting, and the board is back when it is plugged in', async () => {
  const board = await hostBoard();
  const path = join(folder, 'cable');
  // In the middle of the images that are deployed below.
  const pulled = once(await cable(path, pulledAfter(100_000, board.path)), 'exit');
  const attached = await client.request('boards.attach', { portId: path });
  expect(attached).toMatchObject({ state: 'attached', simulated: true, kind: 'host' });
  const [expert] = await client.request('experts.list', {});
  const job = await client.request('deploy.start', { boardId: attached.id, expertId: expert?.id ?? '' });
  await pulled;
  await until(async () => (await stateAt(path)) === 'absent');
  expect((await ended(client, job)).error?.code).toBe('PORT_LOST');

  await removeFolder(path);
  await cable(path, `${board.path},raw,echo=0`);
  await until(async () => (await stateAt(path)) === 'attached');
  // The upload goes on where the cable was pulled: the board kept what it had.
  const { slots } = await client.request('slots.list', { boardId: attached.id });
  expect(slots.some((slot) => slot.state === 'partial' && slot.offset > 0)).toBe(true);
  const again = await client.request('deploy.start', { boardId: attached.id, expertId: expert?.id ?? '' });
  expect((await ended(client, again)).error).toBeNull();
});

test('a board that crashes is lost, and the lab closes cleanly all the same', async () => {
  const board = await hostBoard();
  const attached = await client.request('boards.attach', { portId: board.path });
  board.child.kill('SIGKILL');
  await until(async () => (await stateAt(board.path)) === 'absent');
  expect(await codeOf(client.request('slots.list', { boardId: attached.id }))).toBe('PORT_LOST');
});

test('a board at a serial path is attached again when the lab starts anew, absent once it is gone, listed when it was detached, and forgotten when told to', async () => {
  const board = await hostBoard();
  const { id } = await client.request('boards.attach', { portId: board.path });
  const restart = async (): Promise<void> => {
    await lab.close();
    lab = await openLab({ dataFolder: folder, shell: 'test' });
    client = connectLab(localTransport(lab));
  };
  await restart();
  await until(async () => (await stateAt(board.path)) === 'attached');

  board.child.kill('SIGKILL');
  await restart();
  await until(async () => (await stateAt(board.path)) === 'absent');
  await client.request('boards.detach', { boardId: id });
  await restart();
  expect(await stateAt(board.path)).toBe('detached');
  await client.request('boards.forget', { boardId: id });
  await restart();
  expect(await stateAt(board.path)).toBeUndefined();
});

test('a board that is frozen is shown as silent, and as attached when it goes on', async () => {
  const board = await hostBoard();
  await client.request('boards.attach', { portId: board.path });
  board.child.kill('SIGSTOP');
  await until(async () => (await stateAt(board.path)) === 'silent');
  board.child.kill('SIGCONT');
  await until(async () => (await stateAt(board.path)) === 'attached');
});
