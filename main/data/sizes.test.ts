import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cleanData, lookAtData, type StudyJobs } from './sizes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-sizes-'));
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), Buffer.alloc(bytes));
  }
  await utimes(join(folder, 'banks/.unfinished-1/manifest.json'), 1, 1);
});
afterEach(() => rm(folder, { recursive: true }));

const files: [string, number][] = [
  ['lab.duckdb', 100],
  ['lab.duckdb.wal', 10],
  ['lab.duckdb.damaged-2026-01-01', 200],
  ['lab.duckdb.replaced-2026-01-01', 300],
  ['backups/before-schema-3.duckdb', 400],
  ['banks/own/manifest.json', 5],
  ['banks/.unfinished-1/manifest.json', 6],
  ['banks/versions.json.new', 7],
  ['studies/features/ab.features', 1000],
  ['studies/jobs/done/report.html', 20],
  ['studies/jobs/done/fold-1/weights.f32', 30],
  ['studies/jobs/paused/fold-1/weights.f32', 40],
  ['studies/jobs/gone/fold-1/weights.f32', 50],
  ['own-models/birds/model.onnx', 65],
  ['keys/0123456789abcdef.json', 60],
  ['boards/one.flash', 70],
  ['captures/one/samples.bin', 85],
  ['benchmarks/one.json', 95],
  ['electron/Cache/a.tmp', 80],
  ['faults.log', 90],
];
const jobs: StudyJobs = {
  unfinished: ['paused', 'running'],
  waiting: [{ jobId: 'paused', state: 'paused' }],
  reported: ['done'],
};

const left = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .sort();
const without = (...gone: string[]) =>
  files
    .map(([path]) => path)
    .filter((path) => !gone.includes(path))
    .sort();

describe('the data folder', () => {
  test('is told of kind by kind, every byte once', async () => {
    const { kinds, freeBytes } = await lookAtData(folder, jobs);
    expect(Object.fromEntries(kinds.map(({ kind, bytes }) => [kind, bytes]))).toEqual({
      ...{ store: 110, backups: 400, aside: 500, banks: 18, studies: 140, features: 1000 },
      ...{ boards: 70, captures: 85, keys: 60, window: 80, other: 90, 'own-models': 65, benchmarks: 95 },
    });
    expect(freeBytes).toBeGreaterThan(0);
  });

  test('says what would go, and that goes and nothing else', async () => {
    const { clean, held } = await lookAtData(folder, jobs);
    expect(held).toEqual([{ jobId: 'paused', state: 'paused', bytes: 40, files: 1 }]);
    const told = Object.fromEntries(clean.map(({ kind, bytes }) => [kind, bytes]));
    expect(told).toEqual({ features: 1000, studies: 80, unfinished: 6, backups: 400, aside: 500 });
    expect(await cleanData(folder, ['features', 'studies', 'unfinished'], jobs)).toEqual({
      bytes: 1086,
      files: 4,
    });
    expect(await left()).toEqual(
      without(
        'studies/features/ab.features',
        'studies/jobs/done/fold-1/weights.f32',
        'studies/jobs/gone/fold-1/weights.f32',
        'banks/.unfinished-1/manifest.json',
      ),
    );
    expect(await readdir(join(folder, 'studies/jobs'))).toEqual(['done', 'paused']);
  });

  test('loses backups and stores set aside only where they are named', async () => {
    await cleanData(folder, ['backups'], jobs);
    expect(await left()).toEqual(without('backups/before-schema-3.duckdb'));
    await cleanData(folder, ['aside'], jobs);
    expect(await left()).toEqual(
      without(
        'backups/before-schema-3.duckdb',
        'lab.duckdb.damaged-2026-01-01',
        'lab.duckdb.replaced-2026-01-01',
      ),
    );
  });

  test('that is empty holds nothing', async () => {
    const empty = join(folder, 'none');
    const { kinds } = await lookAtData(empty, jobs);
    expect(kinds.every(({ files: number }) => number === 0)).toBe(true);
    expect(await cleanData(empty, ['studies'], jobs)).toEqual({ bytes: 0, files: 0 });
  });
});
