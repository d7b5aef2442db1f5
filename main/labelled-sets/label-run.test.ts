import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDetection, testFile } from '../../test/fixtures/classified.ts';
import { openBackground, type Background } from '../background/background.ts';
import type { Job } from '../contract/types.ts';
import { clipCounts } from '../datasets/dataset.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { readTable } from '../datasets/table.ts';
import { allDetections } from '../detections/contract/filter.ts';
import { noise, wavBytes } from '../recordings/testing.ts';
import { detectionStore } from '../store/detections/detection-store.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { resultStore } from '../store/result-store.ts';
import { reviewStore } from '../store/review-store.ts';
import { labelRun, type LabelWish } from './label-run.ts';

const rate = 48_000;
/** Of a model of one's own: 0.5 s. */
const grid = { rate: 8000, windowSamples: 4000, hopSamples: 4000 };
const sha256 = 'ab'.repeat(32);
const labelledBy = `model:three-sounds (sha256 ${sha256})`;
let folder: string;
let background: Background;
let store: Store;
let state: Job['state'];
let out: string;
const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const recording = (name: string) => join(folder, `${name}.wav`);

/** Six recordings, each with a bark of 3 s whose best window is its second second, and rain over the bark's end. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-label-'));
  const sound = noise(6 * rate).map((value) => Math.round(value * 32_768) / 32_768);
  for (const name of names) await writeFile(recording(name), wavBytes([sound], { sampleRate: rate }));
  background = openBackground({ permits: async () => true });
  store = await openStore(join(folder, 'lab.duckdb'));
  await resultStore(store).keep(
    'job',
    names.map((name, fileId) => {
      const file = testFile(fileId, recording(name), { seconds: 6 });
      const peak = Math.fround(0.6 + fileId / 20);
      return {
        file,
        detections: [
          testDetection(file, 0, { label: 'Dog bark', startS: 0, endS: 3, peakS: 1, peak }),
          testDetection(file, 1, { label: 'Rain', startS: 2.5, endS: 6, peakS: 5.5, peak: 0.5 }),
          testDetection(file, 2, { label: 'Wind', startS: 1.25, endS: 2, peakS: 1.25, peak: 0.25 }),
        ],
        windows: [],
      };
    }),
  );
});
afterAll(async () => {
  background.close();
  await store.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  state = 'done';
  out = join(await mkdtemp(join(folder, 'out-')), 'set');
});

const label = (own: Partial<LabelWish> = {}) =>
  labelRun(
    {
      jobs: {
        get: () => ({ id: 'job', kind: 'classify', title: 'Classify /card', state }) as Job,
        params: () => ({ paths: [], modelId: 'model:three-sounds', grid, settings: {} }),
      },
      applied: async () => null,
      detections: {
        best: detectionStore(store).best,
        provenance: async () => ({ images: [{ role: 'model', sha256 }] }),
      },
      ...{ background, keep: [], version: '1.2.3' },
    },
    'job',
    { path: out, overwrite: false, filter: allDetections, classes: [], most: 200, ...own },
  );

describe('a labelled set of what a model found', () => {
  it('is read by what trains experts: best windows, no recording in two folds, each clip told to be unreviewed', async () => {
    const classes = [{ label: 'Dog bark', as: 'dog', least: 0 }];
    expect(await label({ classes })).toEqual({
      ...{ path: out, cut: 12, copied: 0, leftOut: 6, failed: [] },
      classes: [
        { label: 'Rain', clips: 6 },
        { label: 'dog', clips: 6 },
      ],
    });
    const read = await readDataset(out);
    expect([read.layout, read.classes, read.clips.length]).toEqual(['table', ['Rain', 'dog'], 12]);
    expect(new Set(read.clips.map((clip) => clip.labelledBy))).toEqual(new Set([labelledBy]));
    expect(read.problems.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual(
      Array.from({ length: 12 }, () => 'model-label used'),
    );
    expect(clipCounts(read)).toMatchObject({ used: 12, usedWithNote: 12, leftOut: 0 });
    for (const name of names)
      expect(
        new Set(read.clips.filter((clip) => clip.source === recording(name)).map(({ fold }) => fold)).size,
      ).toBe(1);
  });

  it('says of each clip where it was, how probable, and what labelled it with which hash', async () => {
    await label({ most: 1 });
    const { rows, column } = await readTable(join(out, 'labels.csv'));
    const told = ['label', 'source', 'first sample', 'samples', 'sample rate', 'detected as', 'peak'];
    const first = rows.find((row) => column('label')!(row) === 'Dog bark')!;
    expect([...told, 'labelled by model'].map((name) => column(name)!(first))).toEqual([
      ...['Dog bark', recording('f'), '48000', '24000', '48000', 'Dog bark', '0.85', labelledBy],
    ]);
    const clip = await readFile(join(out, column('filename')!(first)));
    const whole = await readFile(recording('f'));
    expect(clip.subarray(-48_000)).toEqual(whole.subarray(-6 * 96_000).subarray(96_000, 144_000));
    expect(JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))).toMatchObject({
      ...{ writtenBy: 'Curlew 1.2.3', labelledBy, reviewed: false, jobId: 'job', most: 1 },
      run: { images: [{ role: 'model', sha256 }] },
    });
  });

  it('has so many of each class at most, from the probability on that is asked for', async () => {
    const made = await label({ most: 4, classes: [{ label: 'Dog bark', as: 'Dog bark', least: 0.75 }] });
    expect(made.classes).toEqual([
      { label: 'Dog bark', clips: 3 },
      { label: 'Rain', clips: 4 },
      { label: 'Wind', clips: 3 },
    ]);
  });

  it('has not what is to be left out, and has what it is to be called beside what is called so', async () => {
    const classes = [
      { label: 'Dog bark', as: null, least: 0 },
      { label: 'Wind', as: 'Rain', least: 0 },
    ];
    expect((await label({ classes, most: 7 })).classes).toEqual([{ label: 'Rain', clips: 7 }]);
  });

  it('leaves to the review what people decided', async () => {
    const reviews = reviewStore(store);
    const strata = await reviews.strata('job', ['Rain'], []);
    const drawn = strata.map((one) => ({ ...one, drawn: one.population }));
    const items = await reviews.draw('job', drawn, [], 1);
    await reviews.keep({ id: 'set', jobId: 'job', createdMs: 1, seed: 1, size: 6, strata: drawn }, items);
    await reviews.decide('set', 1, { reviewer: 'Ada', verdict: 'no', label: null, atMs: 1 });
    const filter = { ...allDetections, labels: ['Rain'] };
    expect(await label({ filter })).toMatchObject({ cut: 5 });
    await expect(label({ filter: { ...filter, reviewed: ['no'] }, overwrite: true })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('stays told to be unreviewed where it is copied into another set', async () => {
    await label({ filter: { ...allDetections, labels: ['Dog bark'] } });
    const both = `${out}-both`;
    await label({ filter: { ...allDetections, labels: ['Wind'] }, beside: out, path: both });
    const { clips } = await readDataset(both);
    expect(clips.filter(({ name }) => name.startsWith('other/')).map((clip) => clip.labelledBy)).toEqual(
      Array.from({ length: 6 }, () => labelledBy),
    );
  });

  it('is not made of nothing, or of a run that goes on', async () => {
    await expect(label({ filter: { ...allDetections, least: 0.99 } })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    state = 'running';
    await expect(label()).rejects.toMatchObject({ code: 'JOB_STATE' });
    expect(await readdir(join(out, '..'))).toEqual([]);
  });
});
