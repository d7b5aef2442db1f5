import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { allOrNone } from './all-or-none.ts';
import { Outputs } from './outputs.ts';
import { scratchFolder } from './recordings/testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => void (scratch = await scratchFolder()));
afterEach(() => scratch.remove());

const at = (name: string) => join(scratch.folder, name);
const below = async () => (await readdir(scratch.folder, { recursive: true })).sort();
const gone = () => spawnSync(process.execPath, ['--version']).pid;

/** Two tables in a folder. */
function write(path: string, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  const outputs = new Outputs({ overwrite: false, keep: [] });
  return allOrNone(path, [outputs], async () => {
    const folder = await outputs.folder(path, ['a.csv', 'b.csv']);
    await folder.write('a.csv', 'a');
    await meanwhile();
    await folder.write('b.csv', 'b');
  });
}

/** What a process that wrote `made` and was killed has left. */
async function leave(made: readonly string[], { pid = gone(), host = hostname() } = {}): Promise<void> {
  await mkdir(at('out/deep'), { recursive: true });
  for (const path of made) await writeFile(path, 'half');
  const lines = [{ pid, host }, ...made].map((line) => `${JSON.stringify(line)}\n`);
  // The last line was being written.
  await writeFile(at('.out.curlew-unfinished'), `${lines.join('')}"${at('out/mi')}`);
}

it('what was written is all that is left', async () => {
  await write(at('out'), async () => expect(await below()).toContain('.out.curlew-unfinished'));
  expect(await below()).toEqual(['out', 'out/a.csv', 'out/b.csv']);
});

it('where the work fails nothing of it is left, and what was there stays', async () => {
  await mkdir(at('out'));
  await writeFile(at('out/mine'), 'mine');
  const failing = write(at('out'), () => Promise.reject(new Error('full')));
  await expect(failing).rejects.toThrow('full');
  expect(await below()).toEqual(['out', 'out/mine']);
});

it('what one that was killed had made is taken away, and no file else', async () => {
  await leave([at('out/a.csv'), at('out/deep/c.csv'), at('.curlew-1-2.part')]);
  await writeFile(at('out/mine'), 'mine');
  await write(at('out'));
  expect(await below()).toEqual(['out', 'out/a.csv', 'out/b.csv', 'out/mine']);
  expect(await readFile(at('out/a.csv'), 'utf8')).toBe('a');
});

it('notes that name files elsewhere, or no files, take nothing away', async () => {
  await mkdir(at('out/deep'), { recursive: true });
  await mkdir(at('out/folder'));
  await writeFile(at('elsewhere'), 'mine');
  await symlink(at('elsewhere'), at('out/link'));
  const foreign = [
    at('elsewhere'),
    at('out/../elsewhere'),
    at('out/folder'),
    at('out/link'),
    at('outer'),
    7,
    null,
  ];
  const lines = [{ pid: gone(), host: hostname() }, ...foreign].map((line) => `${JSON.stringify(line)}\n`);
  await writeFile(at('.out.curlew-unfinished'), lines.join(''));
  await write(at('out'));
  const all = ['elsewhere', 'out', 'out/a.csv', 'out/b.csv', 'out/deep', 'out/folder', 'out/link'];
  expect(await below()).toEqual(all);
});

it('two at once do not write to one place, in one process or in two', async () => {
  await write(at('out'), async () => {
    await expect(write(at('out'))).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });
  await leave([at('out/c.csv')], { pid: process.ppid });
  await expect(write(at('out'))).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  expect(await below()).toContain('out/c.csv');
});

it('what another computer may be writing is left to it', async () => {
  await leave([at('out/c.csv')], { host: 'elsewhere' });
  await expect(write(at('out'))).rejects.toMatchObject({
    code: 'FILE_EXISTS',
    message: expect.stringContaining('“elsewhere”') as string,
  });
  expect(await below()).toContain('out/c.csv');
});
