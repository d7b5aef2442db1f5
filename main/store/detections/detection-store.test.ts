import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { testDetection, testFile } from '../../../test/fixtures/classified.ts';
import type {
  ClassifiedFile,
  DetectionFilterGiven,
  DetectionSort,
  KeptWindow,
} from '../../contract/types.ts';
import { detectionFilter } from '../../detections/contract/filter.ts';
import type { DetectionStore, TableEntry } from '../../detections/detection-store.ts';
import { openStore, type Store } from '../open-store.ts';
import { resultStore } from '../result-store.ts';
import { detectionStore } from './detection-store.ts';

const hourMs = 3_600_000;
/** 2026-05-02 21:30 UTC: 23:30 at the pond, two hours ahead. */
const evening = Date.UTC(2026, 4, 2, 21, 30);
const timed = (startMs: number, seconds: number, offsetMinutes: number) => ({
  startMs,
  seconds,
  offsetMinutes,
});
const files = [
  testFile(0, '/card/Pond/a.wav', { ...timed(evening, 3600, 120), site: 'Pond' }),
  testFile(1, '/card/Ridge/b.wav', { ...timed(evening, 1800, -90), site: 'Ridge' }),
  testFile(2, '/card/c.wav', { seconds: 60 }),
  testFile(3, '/card/quiet.wav', { ...timed(evening + 24 * hourMs, 60, 120), site: 'Pond' }),
  testFile(4, '/card/broken.wav', { state: 'failed' }),
];
const heard = (
  file: ClassifiedFile,
  number: number,
  startS: number,
  own: Partial<ReturnType<typeof testDetection>>,
) =>
  testDetection(file, number, {
    ...{ startS, endS: startS + 2, atMs: file.startMs === null ? null : file.startMs + 1000 * startS },
    ...own,
  });
const [a, b, c] = files as [ClassifiedFile, ClassifiedFile, ClassifiedFile];
const found = [
  [
    heard(a, 0, 10, {
      label: 'curlew',
      peak: Math.fround(0.7),
      confidence: 0.5,
      expert: 'day',
      curiosity: 0.5,
    }),
    heard(a, 1, 1850, { classIndex: 1, label: 'rain', peak: Math.fround(0.9), confidence: 0.875 }),
  ],
  [heard(b, 0, 20, { label: 'curlew', peak: 0.5, confidence: 0.5 })],
  [heard(c, 0, 30, { classIndex: 2, label: 'saw, “old”', peak: 1, confidence: 1, channel: 1 })],
];
const window = (index: number, channel: number | null): KeptWindow => ({
  ...{
    fileId: 0,
    channel,
    window: index,
    classIndex: 0,
    probability: 0.5,
    place: 0,
    curiosity: 0,
    entropy: 0,
  },
});

let folder: string;
let store: Store;
let detections: DetectionStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-detections-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  const results = resultStore(store);
  detections = detectionStore(store);
  for (const jobId of ['job', 'another']) {
    await results.list(jobId, files);
    await results.keep(
      jobId,
      files.map((file, i) => ({
        file: { ...file, jobId },
        detections: (found[i] ?? []).map((one) => ({ ...one, jobId })),
        windows: i > 0 ? [] : [window(0, null), window(1, null), window(1, 0), window(1, 1), window(2, null)],
      })),
    );
  }
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const filterOf = (given: DetectionFilterGiven) => v.parse(detectionFilter, given);
const list = async (given: DetectionFilterGiven, sort: DetectionSort = { by: 'file', descending: false }) => {
  const { rows, total } = await detections.list('job', filterOf(given), { sort, offset: 0, limit: 10 });
  expect(total).toBe(rows.length);
  return rows.map(({ fileId, number }) => `${fileId}/${number}`);
};

describe('a filter', () => {
  const cases: [string, DetectionFilterGiven, string[]][] = [
    ['of nothing leaves all', {}, ['0/0', '0/1', '1/0', '2/0']],
    ['names classes', { labels: ['rain', 'saw, “old”'] }, ['0/1', '2/0']],
    ['of no class at all leaves nothing', { labels: [] }, []],
    [
      'takes in its least probability, although kept ones are binary32',
      { least: 0.7 },
      ['0/0', '0/1', '2/0'],
    ],
    ['takes in its most probability', { most: 0.7 }, ['0/0', '1/0']],
    ['measures by the mean if asked', { least: 0.6, measure: 'mean' }, ['0/1', '2/0']],
    ['begins and ends in time', { fromMs: evening + 10_000, toMs: evening + 20_000 }, ['0/0']],
    ['names sites', { sites: ['Ridge'] }, ['1/0']],
    ['names files without a site', { sites: [null] }, ['2/0']],
    ['names sites and files without one', { sites: ['Pond', null] }, ['0/0', '0/1', '2/0']],
    ['names experts', { experts: ['day'] }, ['0/0']],
    ['names a file', { fileId: 0 }, ['0/0', '0/1']],
    ['looks into paths, whatever their case', { path: 'POND' }, ['0/0', '0/1']],
    ['takes no sign of a path for anything else', { path: '%' }, []],
    ['asks for what nobody has reviewed', { reviewed: ['none'] }, ['0/0', '0/1', '1/0', '2/0']],
    ['holds all that it names', { labels: ['curlew'], sites: ['Pond'], least: 0.6 }, ['0/0']],
  ];
  test.each(cases)('%s', async (_, given, expected) => {
    expect(await list(given)).toEqual(expected);
  });
});

describe('a list of detections', () => {
  it.each([
    ['time', ['0/0', '1/0', '0/1', '2/0'], ['0/1', '1/0', '0/0', '2/0']],
    ['peak', ['1/0', '0/0', '0/1', '2/0'], ['2/0', '0/1', '0/0', '1/0']],
    ['mean', ['0/0', '1/0', '0/1', '2/0'], ['2/0', '0/1', '0/0', '1/0']],
    ['class', ['0/0', '1/0', '0/1', '2/0'], ['2/0', '0/1', '0/0', '1/0']],
    ['file', ['0/0', '0/1', '1/0', '2/0'], ['2/0', '1/0', '0/0', '0/1']],
    ['curiosity', ['0/1', '1/0', '2/0', '0/0'], ['0/0', '0/1', '1/0', '2/0']],
  ] as const)('is sorted by %s both ways, what is equal by file and number', async (by, up, down) => {
    expect(await list({}, { by, descending: false })).toEqual(up);
    expect(await list({}, { by, descending: true })).toEqual(down);
  });

  it('tells all of a detection and where its file was recorded, a page at a time', async () => {
    const page = { sort: { by: 'peak', descending: true } as const, offset: 1, limit: 1 };
    expect(await detections.list('job', filterOf({}), page)).toEqual({
      rows: [{ ...found[0]![1], offsetMinutes: 120, site: 'Pond', verdict: null, correctedLabel: null }],
      total: 4,
    });
  });
});

it('counts what was found by class, by site and by expert, and what no timeline can hold', async () => {
  expect(await detections.summary('job', filterOf({}))).toEqual({
    ...{ detections: 4, files: 3 },
    classes: [
      {
        ...{ label: 'curlew', detections: 2, files: 2, seconds: 4 },
        sites: [
          { site: 'Pond', detections: 1 },
          { site: 'Ridge', detections: 1 },
        ],
      },
      { label: 'rain', detections: 1, files: 1, seconds: 2, sites: [{ site: 'Pond', detections: 1 }] },
      { label: 'saw, “old”', detections: 1, files: 1, seconds: 2, sites: [{ site: null, detections: 1 }] },
    ],
    experts: [
      { expert: 'test', detections: 3 },
      { expert: 'day', detections: 1 },
    ],
    sites: [
      { site: 'Pond', files: 2, recordedS: 3660 },
      { site: 'Ridge', files: 1, recordedS: 1800 },
      { site: null, files: 1, recordedS: 60 },
    ],
    withoutTime: { files: 1, detections: 1 },
  });
});

describe('a timeline', () => {
  const timeline = (given: DetectionFilterGiven, by: 'day' | 'night', after?: string, limit = 10) =>
    detections.timeline('job', filterOf(given), { by, after, limit });

  it('counts by day and hour in each file’s own time, and tells what was recorded', async () => {
    expect(await timeline({}, 'day')).toEqual([
      {
        day: '2026-05-02',
        hours: [
          { hour: 20, recordedS: 1800, detections: { curlew: 1 } },
          { hour: 23, recordedS: 1800, detections: { curlew: 1 } },
        ],
      },
      {
        day: '2026-05-03',
        hours: [
          { hour: 0, recordedS: 1800, detections: { rain: 1 } },
          { hour: 23, recordedS: 60, detections: {} },
        ],
      },
    ]);
  });

  it('keeps a night whole that goes over midnight', async () => {
    expect(await timeline({ sites: ['Pond'] }, 'night')).toEqual([
      {
        day: '2026-05-02',
        hours: [
          { hour: 23, recordedS: 1800, detections: { curlew: 1 } },
          { hour: 0, recordedS: 1800, detections: { rain: 1 } },
        ],
      },
      { day: '2026-05-03', hours: [{ hour: 23, recordedS: 60, detections: {} }] },
    ]);
  });

  it('tells an hour that was recorded without the class from one that was not recorded', async () => {
    const [day] = await timeline({ labels: ['rain'], sites: ['Pond'] }, 'day');
    expect(day).toEqual({ day: '2026-05-02', hours: [{ hour: 23, recordedS: 1800, detections: {} }] });
  });

  it('cuts recorded time where the filter’s begins and ends', async () => {
    expect(
      await timeline({ sites: ['Pond'], fromMs: evening + 1_799_000, toMs: evening + 1_801_000 }, 'day'),
    ).toEqual([
      { day: '2026-05-02', hours: [{ hour: 23, recordedS: 1, detections: {} }] },
      { day: '2026-05-03', hours: [{ hour: 0, recordedS: 1, detections: {} }] },
    ]);
  });

  it('comes a page of days at a time', async () => {
    const all = await timeline({}, 'day');
    const [first] = await timeline({}, 'day', undefined, 1);
    expect([first, ...(await timeline({}, 'day', first!.day))]).toEqual(all);
    expect(await timeline({}, 'day', '2026-05-03')).toEqual([]);
  });
});

it('gives the windows of a stretch of a file, by beginning and channel, a page at a time', async () => {
  const page = { fileId: 0, from: 1, to: 2 };
  const all = await detections.windows('job', { ...page, limit: 10 });
  expect(all).toEqual(
    [window(1, null), window(1, 0), window(1, 1)].map((one) => ({ ...one, label: 'curlew' })),
  );
  for (const [i, { window: index, channel }] of all.entries()) {
    const after = { window: index, channel };
    expect(await detections.windows('job', { ...page, after, limit: 10 })).toEqual(all.slice(i + 1));
  }
});

describe('the rows of a table', () => {
  const place = ({ file, detection }: TableEntry) => ({
    fileId: file.fileId,
    number: detection?.number ?? null,
  });

  it.each([1, 2, 3, 4, 10])(
    'come %i at a time, each once, a file without any detection once',
    async (limit) => {
      const all: TableEntry[] = [];
      for (;;) {
        const last = all.at(-1);
        const page = await detections.entries('job', filterOf({}), { after: last && place(last), limit });
        all.push(...page);
        if (page.length < limit) break;
      }
      const told = { verdict: null, correctedLabel: null };
      expect(all).toEqual(
        files.slice(0, 4).flatMap((file, i): TableEntry[] => {
          const { offsetMinutes, site } = file;
          const own = (found[i] ?? []).map((detection) => ({ ...detection, offsetMinutes, site, ...told }));
          return own.length === 0
            ? [{ file, detection: null, skippedS: 0 }]
            : own.map((detection) => ({ file, detection, skippedS: 0 }));
        }),
      );
    },
  );

  it('keep a file of which the filter leaves no detection, and leave out one that it does not name', async () => {
    const all = await detections.entries('job', filterOf({ labels: ['rain'], path: 'card/' }), { limit: 10 });
    expect(all.map(place)).toEqual([
      { fileId: 0, number: 1 },
      { fileId: 1, number: null },
      { fileId: 2, number: null },
      { fileId: 3, number: null },
    ]);
    const pond = await detections.entries('job', filterOf({ sites: ['Pond'] }), { limit: 10 });
    expect(pond.map(place)).toEqual([
      { fileId: 0, number: 0 },
      { fileId: 0, number: 1 },
      { fileId: 3, number: null },
    ]);
  });
});
