import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { announceLab } from '../data-folder.ts';
import { dropMove, followMoved, moveData, pendingMove, settleData, wishMove } from './move.ts';

const files: Record<string, string> = {
  'lab.duckdb': 'store'.repeat(1000),
  'keys/one.json': 'secret',
  'banks/own/manifest.json': '{}',
};

let root: string;
let from: string;
let to: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'curlew-move-')));
  from = join(root, 'old');
  to = join(root, 'new');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(from, path)), { recursive: true });
    await writeFile(join(from, path), text, { mode: 0o600 });
  }
});
afterEach(() => rm(root, { recursive: true }));

async function filesOf(folder: string): Promise<Record<string, string>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return Object.fromEntries(
    await Promise.all(
      paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const),
    ),
  );
}
const told: string[] = [];
const settle = (folder = from) => settleData(folder, (sentence) => void told.push(sentence));

describe('a data folder that is moved', () => {
  test('is whole in its new place, its owner’s alone, and the old one leads there', async () => {
    expect(await moveData(from, to)).toBe(to);
    expect(await filesOf(to)).toEqual(files);
    expect((await stat(join(to, 'keys/one.json'))).mode & 0o077).toBe(0);
    expect(await readdir(from)).toEqual(['moved.json']);
    expect(followMoved(from)).toBe(to);
    expect(await settle()).toBe(to);
  });

  test('can be moved on, and back again', async () => {
    await moveData(from, to);
    await moveData(to, join(root, 'third'));
    expect(followMoved(from)).toBe(join(root, 'third'));
    await moveData(join(root, 'third'), from);
    expect(followMoved(from)).toBe(from);
    expect(followMoved(to)).toBe(from);
    expect(await filesOf(from)).toEqual(files);
  });

  test('waits for the next start where a lab runs, and stays after all where that is wished', async () => {
    expect(await wishMove(from, to)).toBe(to);
    await announceLab(from, { pid: process.pid, shell: 'web', socket: '/none', token: 't', link: null });
    expect(await settle()).toBe(from);
    await rm(join(from, 'running.json'));
    await dropMove(from);
    expect(await settle()).toBe(from);
    await wishMove(from, to);
    expect(pendingMove(from)).toBe(to);
    expect(await settle()).toBe(to);
    expect(await filesOf(to)).toEqual(files);
  });

  test('takes links along as links, and leaves what belongs to a lab that ran', async () => {
    await symlink('/etc/hostname', join(from, 'link'));
    await writeFile(join(from, 'running.json'), '{}');
    await moveData(from, to);
    expect((await readdir(to)).sort()).toEqual(['banks', 'keys', 'lab.duckdb', 'link']);
  });
});

describe('a place that does not do', () => {
  test.each<[string, () => string, string]>([
    ['in the data folder', () => join(from, 'inside'), 'REQUEST_INVALID'],
    ['that is the data folder', () => from, 'REQUEST_INVALID'],
    ['that is no absolute path', () => 'new', 'REQUEST_INVALID'],
    ['whose folder is not there', () => join(root, 'none', 'new'), 'FILE_NOT_FOUND'],
    ['that is not empty', () => join(root, 'full'), 'FILE_EXISTS'],
    ['that is a file', () => join(root, 'full', 'file'), 'FILE_EXISTS'],
  ])('%s is refused, and nothing is changed', async (_, place, code) => {
    await mkdir(join(root, 'full'));
    await writeFile(join(root, 'full', 'file'), '');
    await expect(moveData(from, place())).rejects.toMatchObject({ code });
    await expect(wishMove(from, place())).rejects.toMatchObject({ code });
    expect(await filesOf(from)).toEqual(files);
    expect(await settle()).toBe(from);
  });

  test('at the time of the move leaves the data where it is, and says why', async () => {
    await wishMove(from, to);
    await mkdir(to);
    await writeFile(join(to, 'mine'), '');
    told.length = 0;
    expect(await settle()).toBe(from);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('not empty');
    expect(await filesOf(from)).toEqual(files);
    expect(await readdir(to)).toEqual(['mine']);
  });
});

test('data that was moved to a disk that is away is told of, and no new lab begins in its place', async () => {
  await moveData(from, to);
  await rm(to, { recursive: true });
  await expect(settle()).rejects.toMatchObject({ code: 'DATA_MOVED' });
  expect(await readdir(from)).toEqual(['moved.json']);
});

test('one process moves at a time, and a dead one holds nobody up', async () => {
  await wishMove(from, to);
  await writeFile(join(from, 'moving.lock'), String(process.pid));
  await expect(settle()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await writeFile(join(from, 'moving.lock'), String(spawnSync(process.execPath, ['--version']).pid));
  expect(await settle()).toBe(to);
});

describe('a process that is killed while it moves the data', () => {
  /** @returns false once it has ended before that step */
  function killAt(step: number, source: string, target: string): boolean {
    const program = `
      import { moveData } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'move.ts')).href)};
      let step = 0;
      await moveData(${JSON.stringify(source)}, ${JSON.stringify(target)}, () => {
        if (step++ === ${step}) process.kill(process.pid, 'SIGKILL');
      });`;
    const words = ['--import', 'tsx', '--input-type=module', '-e', program];
    return spawnSync(process.execPath, words, { stdio: 'inherit' }).signal === 'SIGKILL';
  }

  test('loses nothing at whatever step, and the next start ends the move', async () => {
    let steps = 0;
    for (; ; steps++) {
      const source = join(root, `from-${steps}`);
      const target = join(root, `to-${steps}`);
      await moveData(from, source);
      await rm(from, { recursive: true });
      const killed = killAt(steps, source, target);
      expect([steps, await settle(source)]).toEqual([steps, target]);
      expect([steps, await filesOf(target)]).toEqual([steps, files]);
      expect([steps, await readdir(source), existsSync(`${target}.partial`)]).toEqual([
        steps,
        ['moved.json'],
        false,
      ]);
      await moveData(target, from);
      if (!killed) break;
    }
    expect(steps).toBeGreaterThan(8);
  });

  test('on the way back to a place that led here loses nothing either, whichever of the two is named', async () => {
    for (let steps = 0; ; steps++) {
      await moveData(from, to);
      const killed = killAt(steps, to, from);
      expect([steps, await settle(steps % 2 === 0 ? from : to)]).toEqual([steps, from]);
      expect([steps, await filesOf(from)]).toEqual([steps, files]);
      expect(await settle(steps % 2 === 0 ? to : from)).toBe(from);
      if (!killed) break;
      await rm(to, { recursive: true, force: true });
    }
  });
});
