/** The built command line on a disk that is full: a real one, which only the superuser of a Linux machine can mount. */
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noise, wavBytes } from '../../main/recordings/testing.ts';
import { removeFolder, startCurlew, temporaryFolder } from './lab-process.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

let folder: string;
let disk: string;
let recordings: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  [disk, recordings] = [join(folder, 'disk'), join(folder, 'recordings')];
  await mkdir(disk);
  await mkdir(recordings);
  for (let i = 0; i < 60; i++) {
    const samples = noise(32_000, i + 1).map((x, at) => x * Math.sin(at / 9_000) ** 2);
    await writeFile(join(recordings, `${i}.wav`), wavBytes([samples]));
  }
  if (canMount) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
});
afterAll(async () => {
  if (canMount) execFileSync('umount', [disk]);
  await removeFolder(folder);
});

/** Leaves so many bytes of it. @returns makes room again */
async function fill(left: number): Promise<() => Promise<void>> {
  const { bavail, bsize } = await statfs(disk);
  const path = join(disk, 'filler');
  await writeFile(path, new Uint8Array(bavail * bsize - left));
  return () => rm(path);
}

test.skipIf(!canMount)(
  'a classification whose disk fills ends with a sentence, goes on when there is room, and exports the same bytes',
  async () => {
    const data = ['--data', join(disk, 'lab')];
    const classify = ['classify', recordings, '--keep', 'all', '--threshold', '0.1', ...data, '--json'];
    const whole = join(folder, 'whole.csv');
    expect((await startCurlew(...classify, '--csv', whole).ended).code).toBe(0);

    const makeRoom = await fill(32_768);
    const broken = await startCurlew(...classify).ended;
    expect(broken.code).toBe(1);
    const { error } = JSON.parse(broken.stdout) as { error: { code: string } };
    expect(error).toMatchObject({ code: 'STORE_FULL' });
    await makeRoom();
    const [job] = JSON.parse((await startCurlew('jobs', 'list', ...data, '--json').ended).stdout) as [
      { id: string },
    ];
    const resumed = join(folder, 'resumed.csv');
    expect((await startCurlew('jobs', 'resume', job.id, ...data, '--csv', resumed).ended).code).toBe(0);
    expect(await readFile(resumed, 'utf8')).toBe(await readFile(whole, 'utf8'));

    const again = await fill(32_768);
    const clips = ['detections', 'export', job.id, '--clips', join(disk, 'clips'), ...data, '--json'];
    const full = await startCurlew(...clips).ended;
    expect(full.code).toBe(1);
    expect(JSON.parse(full.stdout)).toMatchObject({ error: { code: 'FILE_UNWRITABLE' } });
    expect((await readdir(disk)).filter((name) => name === 'clips')).toEqual([]);
    await again();
    expect((await startCurlew(...clips).ended).code).toBe(0);
  },
);
