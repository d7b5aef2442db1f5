/** Boards that are processes: what is left behind when one side goes away. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { emulatedMachine } from '../../devices/boards/qemu/machines.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { resources } from '../../main/resources.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'curlew-processes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Processes of ours that have `word` among their arguments. */
function processesWith(word: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      const file = `/proc/${pid}/cmdline`;
      try {
        return existsSync(file) && readFileSync(file, 'utf8').split('\0').includes(word);
      } catch {
        return false; // it ended while we looked
      }
    })
    .map(Number);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((go) => setTimeout(go, 20));
}

test('a board process ends when the lab that started it is killed', async () => {
  const name = `orphan-${process.pid}`;
  const script = `
    import { hostBoard } from './devices/boards/host/host-board.ts';
    await hostBoard({ name: '${name}', id: '0000000000000001' }).open();
    setInterval(() => {}, 1000);`;
  const lab = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: root,
    stdio: 'ignore',
  });
  await until(() => processesWith(name).length > 0);
  lab.kill('SIGKILL');
  await until(() => processesWith(name).length === 0);
});

test('a board process that dies is a port that is lost', async () => {
  const name = `dying-${process.pid}`;
  const board = await CurlewBoard.open(hostBoard({ name, id: '0000000000000002' }));
  const closed = new Promise<Error | undefined>((resolve) => board.onClose(resolve));
  for (const pid of processesWith(name)) process.kill(pid, 'SIGKILL');
  expect(await closed).toMatchObject({ code: 'PORT_LOST' });
  await expect(board.echo('anybody?')).rejects.toMatchObject({ code: 'PORT_LOST' });
});

test('a host board keeps its flash in its file', async () => {
  const flashFile = join(folder, 'flash.bin');
  const options = { name: 'kept', id: '0000000000000003', flashFile };
  const first = await CurlewBoard.open(hostBoard(options));
  await first.upload(new Uint8Array(9000), new Uint8Array(32));
  await first.close();
  const second = await CurlewBoard.open(hostBoard(options));
  expect((await second.slots()).slots[0]).toMatchObject({ state: 'partial', length: 9000, offset: 9000 });
  await second.close();
});

async function withPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = process.env['PATH'];
  process.env['PATH'] = path;
  try {
    return await work();
  } finally {
    process.env['PATH'] = before;
  }
}

test('without the emulator a QEMU board says which package to install', async () => {
  await withPath(folder, () =>
    expect(
      qemuBoard({ name: 'none', repository: resources.root, id: new Uint8Array(8) }).open(),
    ).rejects.toMatchObject({
      code: 'EMULATOR_MISSING',
      message: expect.stringContaining('package qemu-system-arm') as string,
    }),
  );
});

test('with an emulator too old for the machine a QEMU board says which one to install', async () => {
  const old = mkdtempSync(join(folder, 'old-'));
  // What a QEMU says of a machine it does not have.
  const script = '#!/bin/sh\necho "qemu-system-arm: unsupported machine type" >&2\nexit 1\n';
  writeFileSync(join(old, 'qemu-system-arm'), script, { mode: 0o755 });
  const board = qemuBoard({
    name: 'old',
    repository: resources.root,
    id: new Uint8Array(8),
    machine: emulatedMachine('mps3-an547'),
  });
  await withPath(`${old}:${process.env['PATH']}`, () =>
    expect(board.open()).rejects.toMatchObject({
      code: 'EMULATOR_MISSING',
      message: expect.stringMatching(/mps3-an547.*7\.2/) as string,
    }),
  );
});
