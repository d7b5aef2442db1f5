import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  announceLab,
  defaultDataFolder,
  findLab,
  makeDataFolder,
  noDataFolder,
  withdrawLab,
} from './data-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-data-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lab = { pid: process.pid, shell: 'web', socket: '/nowhere/lab.sock', token: 'secret', link: null };

describe('a running lab', () => {
  it('is found while it is announced', async () => {
    expect(await findLab(folder)).toBeNull();
    await announceLab(folder, lab);
    expect(await findLab(folder)).toEqual(lab);
    await withdrawLab(folder);
    expect(await findLab(folder)).toBeNull();
  });

  it('that was killed is not found', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await announceLab(folder, { ...lab, pid });
    expect(await findLab(folder)).toBeNull();
  });

  it.each(['', '{', 'null', '[]', '{"pid":"x"}'])('announced by %j is not found', async (text) => {
    await writeFile(join(folder, 'running.json'), text);
    expect(await findLab(folder)).toBeNull();
  });

  it('shows its token to its owner alone, even where an older file was open to all', async () => {
    await writeFile(join(folder, 'running.json'), '{}', { mode: 0o666 });
    await announceLab(folder, lab);
    expect((await stat(join(folder, 'running.json'))).mode & 0o077).toBe(0);
  });

  it('is withdrawn once or twice alike', async () => {
    await withdrawLab(folder);
    await withdrawLab(folder);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the data folder', () => {
  it('is where the environment says', () => {
    expect(defaultDataFolder({ CURLEW_DATA: '/elsewhere' })).toBe('/elsewhere');
  });

  it('is made with what is above it, and only its owner may look in', async () => {
    const deep = join(folder, 'a', 'b');
    await makeDataFolder(deep);
    await makeDataFolder(deep);
    expect((await stat(deep)).mode & 0o077).toBe(0);
  });

  it('that is there, but takes no folder, is said to be so: not that it cannot be made', async () => {
    await writeFile(join(folder, 'boards'), '');
    await expect(makeDataFolder(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    const full = noDataFolder(folder, Object.assign(new Error('EROFS: mkdir'), { code: 'EROFS' }));
    expect(full).toBe(
      `The data folder ${folder} cannot be written: the disk is mounted to be read only. Choose another with --data.`,
    );
  });

  it('that cannot be made is refused with a sentence', async () => {
    await writeFile(join(folder, 'file'), '');
    // /proc answers ENOENT to a new folder, though it is there itself.
    const impossible = process.platform === 'linux' ? ['/proc/curlew'] : [];
    for (const path of [join(folder, 'file', 'data'), ...impossible]) {
      await expect(makeDataFolder(path)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    }
  });
});
