/** What a person names by mistake, or to do harm, costs the lab nothing: no file is read that cannot be meant. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabClient } from '../../main/contract/client.ts';
import { connectLab } from '../../main/contract/connect.ts';
import { openLab, type Lab } from '../../main/lab.ts';
import { localTransport } from '../../main/shells/local-transport.ts';

let folder: string;
let lab: Lab;
let client: LabClient;
let boardId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-refused-'));
  lab = await openLab({ dataFolder: join(folder, 'data'), shell: 'test', roots: [folder, '/dev'] });
  client = connectLab(localTransport(lab));
  boardId = (await client.request('boards.list', {}))[0]!.id;
});
afterAll(async () => {
  client.close();
  await lab.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform === 'win32')('what is no image', () => {
  const deploy = (path: string) => client.request('deploy.files', { boardId, paths: [path] });

  test('is not waited for where it is a pipe, and not read where it is a device or a folder', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero', folder]) {
      await expect(deploy(path)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    }
  });

  test('is refused where it is larger than any image', async () => {
    const huge = join(folder, 'huge.image');
    await writeFile(huge, '');
    await truncate(huge, 1.9e9);
    await expect(deploy(huge)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
  });

  test('is no graph of an encoder and no table of labels either', async () => {
    const huge = join(folder, 'labels.csv');
    await writeFile(huge, 'file,label\n');
    await truncate(huge, 1.9e9);
    await expect(client.request('datasets.inspect', { path: huge, layout: 'table' })).rejects.toMatchObject({
      code: 'FILE_TOO_LARGE',
    });
    const { id } = await client.request('experts.importEncoder', {
      path: huge,
      name: 'huge',
      recordings: folder,
    });
    await expect
      .poll(async () => (await client.request('jobs.list', {})).find((job) => job.id === id)?.error?.code)
      .toBe('FILE_TOO_LARGE');
  });
});
