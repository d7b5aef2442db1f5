import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Jobs } from '../jobs/jobs.ts';
import { MemoryJobStore, whenFinished } from '../jobs/testing.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { noDetails } from './contract/wanted.ts';
import { startExport, type ExportRooms, type ExportTo } from './export-job.ts';

let folder: string;
let store: Store;
let rooms: ExportRooms;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-export-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  rooms = {
    ...{ store, jobs: await Jobs.open(new MemoryJobStore()), keep: [join(folder, 'lab.duckdb')] },
    fleet: { boards: () => [] },
    details: { of: noDetails, groupOf: () => null },
  };
});
afterEach(async () => {
  await rooms.jobs.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const wish = (name: string): ExportTo => ({
  ...{ path: join(folder, name), format: 'csv', level: 'hours', boardIds: [], fromMs: null, toMs: null },
  overwrite: false,
});

describe('an export as a job', () => {
  it('leaves a whole file and nothing beside it, and tells its rows and bytes', async () => {
    const { id } = await startExport(rooms, wish('fleet.csv'));
    const job = await whenFinished(rooms.jobs, id);
    const text = await readFile(join(folder, 'fleet.csv'), 'utf8');
    expect(job).toMatchObject({ state: 'done', result: { kind: 'export', rows: 0, bytes: text.length } });
    expect(text).toContain('"Latency, mean (us)"');
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('is refused, before there is a job, over the lab’s own store and over what is there', async () => {
    await expect(startExport(rooms, { ...wish('lab.duckdb'), overwrite: true })).rejects.toMatchObject({
      code: 'FILE_PROTECTED',
    });
    await whenFinished(rooms.jobs, (await startExport(rooms, wish('fleet.csv'))).id);
    await expect(startExport(rooms, wish('fleet.csv'))).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  it('that is cancelled leaves nothing', async () => {
    const { id } = await startExport(rooms, wish('fleet.csv'));
    rooms.jobs.cancel(id);
    expect(await whenFinished(rooms.jobs, id)).toMatchObject({ state: 'cancelled' });
    await rooms.jobs.close();
    expect((await readdir(folder)).filter((name) => /csv|part/.test(name))).toEqual([]);
  });
});
