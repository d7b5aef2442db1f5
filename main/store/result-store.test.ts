import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDetection, testFile } from '../../test/fixtures/classified.ts';
import type { ClassifiedFile, Detection, KeptWindow } from '../contract/types.ts';
import type { ResultStore } from '../jobs/classify/result-store.ts';
import { openStore, type Store } from './open-store.ts';
import { resultStore } from './result-store.ts';

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

const listed = (path: string) => ({ path, bytes: 2 ** 33 + 1, modifiedMs: 1_790_000_000_000.25 });
const found = (file: ClassifiedFile, detections: Detection[] = [], windows: KeptWindow[] = []) => ({
  file,
  detections,
  windows,
});
const window: KeptWindow = {
  ...{ fileId: 0, channel: 1, window: 80_000, classIndex: 2, probability: 0.5, place: 3, curiosity: 0.25 },
  entropy: 1.5,
};

test('files are numbered as they are listed, each once, and wait until something is kept of them', async () => {
  expect(await results.list('job', ['/b', '/a', '/b'].map(listed))).toEqual([
    { ...listed('/b'), fileId: 0 },
    { ...listed('/a'), fileId: 1 },
  ]);
  expect(await results.list('another', [listed('/a')])).toEqual([{ ...listed('/a'), fileId: 0 }]);
  expect(await results.list('job', ['/a', '/c “it’s”'].map(listed))).toEqual([
    { ...listed('/c “it’s”'), fileId: 2 },
  ]);
  expect(await results.files('job', { limit: 10 })).toEqual([]);
  await results.keep('job', [found(testFile(1, '/a'))]);
  const waiting = await results.waiting('job', { limit: 10 });
  expect(waiting.map(({ fileId }) => fileId)).toEqual([0, 2]);
  expect((await results.waiting('job', { after: 0, limit: 10 })).map(({ path }) => path)).toEqual([
    '/c “it’s”',
  ]);
  expect(await results.files('job', { states: ['waiting'], limit: 1 })).toMatchObject([
    { fileId: 0, state: 'waiting', ...listed('/b') },
  ]);
});

test('all that is known of a file comes back as it was kept', async () => {
  const whole = testFile(0, '/a\tb.wav', {
    ...{ sha256: 'ab', startMs: 1_790_000_000_000, offsetMinutes: -210, timeSource: 'guano', site: 'Pond' },
    ...{ latitude: -12.5, longitude: 130.25, recorder: { id: 'AM1', batteryVolts: 3.9 }, copyOf: '/b' },
    notes: [{ code: 'cut-short', level: 'damaged', text: 'It ends early.' }],
    experts: { 'Four bits': 7, Float: 2 },
    error: { code: 'FILE_DAMAGED', message: 'No more.' },
  });
  const one = testDetection(whole, 0, { channel: 3, atMs: 1_790_000_000_480, curiosity: 0.5, entropy: 0.25 });
  await results.list('job', [whole]);
  await results.keep('job', [found(whole, [one], [window])]);
  expect(await results.files('job', { limit: 10 })).toEqual([whole]);
  expect(await results.detections('job', { limit: 10 })).toEqual([one]);
});

test('a file classified again replaces its results and keeps its place', async () => {
  const [a, b] = [testFile(1, '/a.wav'), testFile(0, '/b.wav')];
  await results.list('job', [b, a]);
  await results.keep('job', [found(b, [testDetection(b, 0), testDetection(b, 1)], [window])]);
  await results.keep('job', [found(a, [testDetection(a, 0)])]);
  const again = { ...b, probability: 0.25 };
  await results.keep('job', [found(again, [testDetection(b, 0, { startS: 5 })])]);
  expect(await results.files('job', { limit: 10 })).toEqual([again, a]);
  expect(await results.detections('job', { limit: 10 })).toEqual([
    testDetection(b, 0, { startS: 5 }),
    testDetection(a, 0),
  ]);
  expect(await results.detections('job', { fileId: 1, limit: 10 })).toEqual([testDetection(a, 0)]);
  expect(await results.files('another', { limit: 10 })).toEqual([]);
});

test('the results of a job are counted, and go wholly, and no other job’s', async () => {
  const files = [testFile(0, '/a'), testFile(1, '/b', { state: 'failed' }), testFile(2, '/c')];
  for (const jobId of ['job', 'another']) {
    await results.list(jobId, files);
    const own = files.map((file) => ({ ...file, jobId }));
    await results.keep(jobId, [found(own[0]!, [testDetection(own[0]!, 0)], [window]), found(own[1]!)]);
  }
  const counts = {
    files: { waiting: 1, classified: 1, failed: 1, copy: 0, leftOut: 0 },
    ...{ detections: 1, windows: 9, audioSeconds: 60, passedBytes: 2 },
  };
  expect(await results.counts('job')).toEqual(counts);
  await results.remove('job');
  await results.remove('job');
  expect(await results.counts('job')).toEqual({
    files: { waiting: 0, classified: 0, failed: 0, copy: 0, leftOut: 0 },
    ...{ detections: 0, windows: 0, audioSeconds: 0, passedBytes: 0 },
  });
  expect(await results.counts('another')).toEqual(counts);
});

describe('results that are read page by page', () => {
  const counts = [4, 0, 2, 0, 3];
  const files = counts.map((_, i) => testFile(i, `/${9 - i}.wav`));
  const own = (i: number) => Array.from({ length: counts[i]! }, (_, n) => testDetection(files[i]!, n));
  const detections = files.flatMap((_, i) => own(i));
  beforeEach(async () => {
    for (const jobId of ['job', 'another']) await results.list(jobId, files);
    // They need not be done in the order in which they are listed.
    for (const i of [3, 0, 4, 1, 2]) await results.keep('job', [found(files[i]!, own(i))]);
    await results.keep('another', [found({ ...files[0]!, jobId: 'another' })]);
  });

  async function all<T>(limit: number, ask: (last: T | undefined) => Promise<T[]>): Promise<T[]> {
    const got: T[] = [];
    for (;;) {
      const page = await ask(got.at(-1));
      got.push(...page);
      if (page.length < limit) return got;
      expect(page).toHaveLength(limit);
    }
  }

  test.each([1, 2, 3, 4, 100])('%i at a time are all of them, each once, in order', async (limit) => {
    expect(
      await all<ClassifiedFile>(limit, (last) => results.files('job', { after: last?.fileId, limit })),
    ).toEqual(files);
    expect(await all<Detection>(limit, (after) => results.detections('job', { after, limit }))).toEqual(
      detections,
    );
    expect(
      await all<Detection>(limit, (after) => results.detections('job', { fileId: 0, after, limit })),
    ).toEqual(own(0));
  });
});
