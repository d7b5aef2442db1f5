import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JobRecord } from '../jobs/job-store.ts';
import { jobStore } from './job-store.ts';
import { openStore } from './open-store.ts';

const job = (id: string, createdMs: number): JobRecord['job'] => ({
  id,
  kind: 'classify',
  title: `A “job” of ${id}`,
  state: 'running',
  progress: null,
  detail: '',
  createdMs,
  finishedMs: null,
  error: null,
  canPause: true,
  result: null,
});

test('jobs and checkpoints outlive the process that kept them, oldest first, until they are deleted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-store-'));
  const path = join(folder, 'lab.duckdb');
  let store = await openStore(path);
  const jobs = jobStore(store);
  await jobs.saveJob({ job: job('b', 2), params: { paths: ['/a b'] } });
  await jobs.saveJob({ job: job('a', 1), params: null });
  await jobs.saveCheckpoint('b', { file: 3, window: [1, 2] });
  await jobs.saveJob({ job: { ...job('b', 2), state: 'paused' }, params: { paths: ['/a b'] } });
  await store.close();

  store = await openStore(path);
  const loaded = await jobStore(store).loadJobs();
  expect(loaded).toEqual([
    { record: { job: job('a', 1), params: null }, checkpoint: null },
    {
      record: { job: { ...job('b', 2), state: 'paused' }, params: { paths: ['/a b'] } },
      checkpoint: { file: 3, window: [1, 2] },
    },
  ]);
  const [first] = loaded;
  await jobStore(store).saveJob({ ...first!.record, deleted: true });
  await jobStore(store).deleteJob('b');
  expect(await jobStore(store).loadJobs()).toEqual([
    { record: { ...first!.record, deleted: true }, checkpoint: null },
  ]);
  await store.close();
  await rm(folder, { recursive: true });
});
