import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClassifiedFile, Detection } from '../contract/types.ts';
import type { ClassifiedRow, ResultStore } from '../jobs/classify/result-store.ts';
import { openStore, type Store } from './open-store.ts';
import { resultStore } from './result-store.ts';

const file = (path: string, probability: number, damage: string | null = null): ClassifiedFile => ({
  jobId: 'j',
  path,
  seconds: 3600.5,
  sampleRate: 192_000,
  channels: 2,
  windows: 7500,
  classIndex: 3,
  label: 'sea waves',
  probability,
  damage,
});
const detection = (path: string, startS: number): Detection => ({
  jobId: 'j',
  path,
  startS,
  endS: startS + 0.975,
  label: 'dog',
  confidence: 0.5,
});

let folder: string;
let store: Store;
let results: ResultStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-store-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  results = resultStore(store);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

test('a file classified again replaces its results and keeps its place', async () => {
  await results.putFile(file('/b.wav', 0.25), [detection('/b.wav', 1), detection('/b.wav', 0)]);
  await results.putFile(file('/a.wav', 0.5), [detection('/a.wav', 2)]);
  await results.putFile(file('/b.wav', 0.75, 'cut short'), [detection('/b.wav', 5)]);
  expect(await results.files('j', { limit: 10 })).toEqual([
    file('/b.wav', 0.75, 'cut short'),
    file('/a.wav', 0.5),
  ]);
  expect(await results.detections('j', { limit: 10 })).toEqual([
    detection('/b.wav', 5),
    detection('/a.wav', 2),
  ]);
  expect(await results.detections('j', { path: '/a.wav', limit: 10 })).toEqual([detection('/a.wav', 2)]);
  expect(await results.files('another', { limit: 10 })).toEqual([]);
});

test('the results of a job are counted, and go wholly, and no other job’s', async () => {
  await results.putFile(file('/a.wav', 0.5), [detection('/a.wav', 2), detection('/a.wav', 4)]);
  const others = { ...file('/a.wav', 0.5), jobId: 'another' };
  await results.putFile(others, [{ ...detection('/a.wav', 2), jobId: 'another' }]);
  expect(await results.counts('j')).toEqual({ files: 1, detections: 2 });
  await results.remove('j');
  await results.remove('j');
  expect(await results.counts('j')).toEqual({ files: 0, detections: 0 });
  expect(await results.counts('another')).toEqual({ files: 1, detections: 1 });
});

describe('results that are read page by page', () => {
  const counts = { '/c.wav': 4, '/quiet.wav': 0, '/a.wav': 2, '/still.wav': 0, '/b.wav': 3 };
  const own = (path: string, count: number) =>
    Array.from({ length: count }, (_, i) => detection(path, i * 0.975));
  const files = Object.keys(counts).map((path) => file(path, 0.5));
  const detections = Object.entries(counts).flatMap(([path, count]) => own(path, count));
  const rows = files.flatMap((one): ClassifiedRow[] => {
    const found = detections.filter(({ path }) => path === one.path);
    return found.length === 0
      ? [{ file: one, detection: null }]
      : found.map((each) => ({ file: one, detection: each }));
  });
  beforeEach(async () => {
    for (const [path, count] of Object.entries(counts)) {
      await results.putFile(file(path, 0.5), own(path, count));
      await results.putFile({ ...file(path, 0.25), jobId: 'another' }, []);
    }
  });

  async function all<T>(limit: number, ask: (last: T | undefined) => Promise<T[]>): Promise<T[]> {
    const found: T[] = [];
    for (;;) {
      const page = await ask(found.at(-1));
      found.push(...page);
      if (page.length < limit) return found;
      expect(page).toHaveLength(limit);
    }
  }

  test.each([1, 2, 3, 4, 100])('%i at a time are all of them, each once, in order', async (limit) => {
    const place = (last?: Detection) => last && { path: last.path, startS: last.startS };
    expect(
      await all<ClassifiedFile>(limit, (last) => results.files('j', { after: last?.path, limit })),
    ).toEqual(files);
    expect(
      await all<Detection>(limit, (last) => results.detections('j', { after: place(last), limit })),
    ).toEqual(detections);
    const path = '/c.wav';
    expect(
      await all<Detection>(limit, (last) => results.detections('j', { path, after: place(last), limit })),
    ).toEqual(own(path, 4));
    expect(
      await all<ClassifiedRow>(limit, (last) => {
        const after = last && { path: last.file.path, startS: last.detection?.startS ?? null };
        return results.rows('j', { after, limit });
      }),
    ).toEqual(rows);
  });

  test('go on after no file of another job', async () => {
    const after = { path: '/elsewhere.wav', startS: 1 };
    const refused = expect.objectContaining({ code: 'REQUEST_INVALID' }) as Error;
    await expect(results.files('j', { after: after.path, limit: 1 })).rejects.toThrow(refused);
    await expect(results.detections('j', { after, limit: 1 })).rejects.toThrow(refused);
    await expect(results.rows('j', { after, limit: 1 })).rejects.toThrow(refused);
  });
});
