import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDetection, testFile } from '../../test/fixtures/classified.ts';
import type { Background } from '../background/background.ts';
import { CurlewError } from '../contract/error.ts';
import type { Job } from '../contract/types.ts';
import { allDetections } from '../detections/contract/filter.ts';
import { detectionStore } from '../store/detections/detection-store.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { resultStore } from '../store/result-store.ts';
import { reviewStore } from '../store/review-store.ts';
import { reviewRequests } from './contract/requests.ts';
import type { ReviewItem } from './contract/rows.ts';
import { Reviews } from './reviews.ts';
import { statisticsOf } from './statistics.ts';

let folder: string;
let store: Store;
let reviews: Reviews;
let nowMs: number;
let state: Job['state'];
/** What its thread does; of whatever is to be cut a clip of one sample. */
const background = {
  run: async (task: string, ...given: Parameters<typeof statisticsOf>) =>
    task === 'reviewStatistics'
      ? statisticsOf(...given)
      : { file: new Uint8Array(46), sampleRate: 48_000, startSample: 0, samples: 1 },
  close: () => {},
} as unknown as Background;

const open = async () => {
  store = await openStore(join(folder, 'lab.duckdb'));
  const get = (jobId: string) => {
    if (jobId !== 'job') throw new CurlewError('JOB_NOT_FOUND', 'There is no such job.');
    return { id: 'job', kind: 'classify', title: 'A night', state } as Job;
  };
  reviews = new Reviews({
    ...{ jobs: { get }, reviews: reviewStore(store), wallMs: () => nowMs++, background },
    ...{ provenance: async (jobId) => ({ jobId }), keep: [], version: '1.2.3' },
  });
};

/** Of curlews 40 at 0.1 … 0.49 and 20 at 0.7, where a bin begins; of rain 3 that are certain. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-reviews-'));
  nowMs = 1000;
  state = 'done';
  await open();
  const file = testFile(0, '/card/a.wav');
  const curlews = Array.from({ length: 60 }, (_, i) =>
    testDetection(file, i, { peak: Math.fround(i < 40 ? 0.1 + i / 100 : 0.7) }),
  );
  const rain = [60, 61, 62].map((number) =>
    testDetection(file, number, { classIndex: 1, label: 'rain', peak: 1 }),
  );
  await resultStore(store).keep('job', [{ file, detections: [...curlews, ...rain], windows: [] }]);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const wish = { jobId: 'job', size: 20, seed: 1, edges: [0.3, 0.7] };
const all = (setId: string) => reviews.items(setId, { limit: 1000 });
const places = (items: ReviewItem[]) => items.map(({ detection }) => detection.number);
const decisionOf = (verdict: 'yes' | 'no' | 'other', reviewer = 'Ada', label: string | null = null) => ({
  ...{ reviewer, verdict, label },
});

describe('a set', () => {
  it('has as many of each class and bin of probability as of every other, and tells how many there are', async () => {
    const set = await reviews.create(wish);
    expect(set).toMatchObject({ jobId: 'job', size: 20, createdMs: 1000, reviewers: [] });
    expect(set.strata).toEqual([
      { label: 'curlew', from: 0, to: 0.3, population: 20, drawn: 6 },
      { label: 'curlew', from: 0.3, to: 0.7, population: 20, drawn: 6 },
      { label: 'curlew', from: 0.7, to: 1, population: 20, drawn: 5 },
      { label: 'rain', from: 0.7, to: 1, population: 3, drawn: 3 },
    ]);
    const items = await all(set.id);
    expect(items.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(new Set(places(items)).size).toBe(20);
    set.strata.forEach(({ label, from, to, drawn }, i) => {
      const own = items.filter(({ stratum }) => stratum === i);
      expect(own).toHaveLength(drawn);
      for (const { detection } of own) {
        expect(detection).toMatchObject({ label, path: '/card/a.wav' });
        expect(detection.peak).toBeGreaterThanOrEqual(Math.fround(from));
        if (to < 1) expect(detection.peak).toBeLessThan(Math.fround(to));
      }
    });
  });

  it('is the same for the same seed, another for another, and in no order of strata', async () => {
    const [first, again, other] = [
      await reviews.create(wish),
      await reviews.create(wish),
      await reviews.create({ ...wish, seed: 2 }),
    ];
    const items = await all(first.id);
    expect(places(await all(again.id))).toEqual(places(items));
    expect(places(await all(other.id))).not.toEqual(places(items));
    const strata = items.map(({ stratum }) => stratum);
    expect(strata).not.toEqual(strata.toSorted());
  });

  it('is found by the beginning of its id, where no other begins so', async () => {
    const { id } = await reviews.create(wish);
    const short = id.slice(0, 8);
    expect((await reviews.get(short)).id).toBe(id);
    await reviews.decide(short, 1, decisionOf('yes'));
    expect((await reviews.items(short, { limit: 1 }))[0]!.decisions).toHaveLength(1);
    expect((await reviews.undo(short, 'Ada'))?.decisions).toEqual([]);
    const same = { ...(await reviews.get(id)), id: `${short}-another` };
    await reviewStore(store).keep(same, []);
    await expect(reviews.get(short)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await reviews.get(id)).id).toBe(id);
  });

  it('holds the classes that were named, and all of them where it is as large as the run', async () => {
    const set = await reviews.create({ ...wish, labels: ['rain'], size: 100 });
    expect(set.size).toBe(3);
    expect(places(await all(set.id)).toSorted()).toEqual([60, 61, 62]);
  });

  it('is refused of a class that was not detected, and of a run that is not done', async () => {
    await expect(reviews.create({ ...wish, labels: ['rain', 'owl'] })).rejects.toMatchObject({
      ...{ code: 'REQUEST_INVALID', context: { absent: ['owl'] } },
    });
    state = 'running';
    await expect(reviews.create(wish)).rejects.toMatchObject({ code: 'JOB_STATE' });
    await expect(reviews.create({ ...wish, jobId: 'none' })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });

  it('comes in pages, and so do the sets, newest first', async () => {
    const sets = [await reviews.create(wish), await reviews.create(wish), await reviews.create(wish)];
    const ids = sets.map(({ id }) => id).reverse();
    const listed = async (page: { jobId?: string; after?: string }) =>
      (await reviews.list({ ...page, limit: 2 })).map(({ id }) => id);
    expect(await listed({})).toEqual(ids.slice(0, 2));
    expect(await listed({ jobId: 'job', after: ids[1]! })).toEqual(ids.slice(2));
    expect(await listed({ jobId: 'another' })).toEqual([]);
    const items = await all(ids[0]!);
    expect(await reviews.items(ids[0]!, { after: 4, limit: 3 })).toEqual(items.slice(4, 7));
    expect(await reviews.get(ids[0]!)).toEqual(sets[2]);
    await expect(reviews.items('none', { limit: 1 })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('a decision', () => {
  const shown = async (place: number) => {
    const sort = { by: 'file', descending: false } as const;
    const { rows } = await detectionStore(store).list('job', allDetections, { sort, offset: 0, limit: 100 });
    const { verdict, correctedLabel } = rows.find(({ number }) => number === place)!;
    return [verdict, correctedLabel];
  };

  it('outlives the lab, and is the detection’s verdict: what most reviewers said last, unsure where as many differ', async () => {
    const { id } = await reviews.create(wish);
    const { detection } = await reviews.decide(id, 3, decisionOf('yes'));
    await store.close();
    await open();
    expect(await shown(detection.number)).toEqual(['yes', null]);
    const item = await reviews.decide(id, 3, decisionOf('other', 'Bo', 'whimbrel'));
    expect(item.decisions).toEqual([
      { ...decisionOf('yes'), atMs: 1001 },
      { ...decisionOf('other', 'Bo', 'whimbrel'), atMs: 1002 },
    ]);
    expect(await shown(detection.number)).toEqual(['unsure', null]);
    await reviews.decide(id, 3, decisionOf('no', 'Cy'));
    await reviews.decide(id, 3, decisionOf('other', 'Cy', 'whimbrel'));
    expect(await shown(detection.number)).toEqual(['other', 'whimbrel']);
    const filter = { ...allDetections, reviewed: ['other' as const] };
    expect((await detectionStore(store).summary('job', filter)).detections).toBe(1);
    expect((await reviews.list({ limit: 1 }))[0]!.reviewers).toEqual([
      { reviewer: 'Ada', decided: 1 },
      { reviewer: 'Bo', decided: 1 },
      { reviewer: 'Cy', decided: 1 },
    ]);
  });

  it('is taken back one after another, each reviewer their own; nothing of it is forgotten', async () => {
    const { id } = await reviews.create(wish);
    await reviews.decide(id, 1, decisionOf('no'));
    await reviews.decide(id, 1, decisionOf('yes'));
    await reviews.decide(id, 2, decisionOf('no', 'Bo'));
    const verdicts = (item: ReviewItem | null) => item?.decisions.map(({ verdict }) => verdict);
    const undone = await reviews.undo(id, 'Ada');
    expect([undone?.number, verdicts(undone)]).toEqual([1, ['no']]);
    expect(verdicts(await reviews.undo(id, 'Ada'))).toEqual([]);
    expect(await reviews.undo(id, 'Ada')).toBeNull();
    expect(verdicts((await all(id))[1]!)).toEqual(['no']);
    const kept = await store.connection.runAndReadAll(
      'SELECT reviewer, verdict, undone_ms IS NOT NULL FROM review_decisions ORDER BY place',
    );
    expect(kept.getRowsJS()).toEqual([
      ['Ada', 'no', true],
      ['Ada', 'yes', true],
      ['Bo', 'no', false],
    ]);
  });

  it('is refused of a number that the set does not have', async () => {
    const { id } = await reviews.create(wish);
    await expect(reviews.decide(id, 21, decisionOf('yes'))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await expect(reviews.undo('none', 'Ada')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('goes with its run', async () => {
    const { id } = await reviews.create(wish);
    await reviews.decide(id, 1, decisionOf('yes'));
    await resultStore(store).remove('job');
    expect(await reviews.list({ limit: 10 })).toEqual([]);
    const left = await store.connection.runAndReadAll(
      'SELECT (SELECT count(*) FROM review_items)::INTEGER, (SELECT count(*) FROM review_decisions)::INTEGER',
    );
    expect(left.getRowsJS()).toEqual([[0, 0]]);
  });
});

it('tells what the decisions that stand come to, of a whole set and whatever was taken back', async () => {
  const { id } = await reviews.create({ ...wish, size: 100 });
  for (const { number, detection } of await all(id))
    if (detection.label === 'rain')
      await reviews.decide(id, number, decisionOf(detection.number > 60 ? 'yes' : 'no'));
  await reviews.decide(id, 1, decisionOf('no', 'Bo'));
  await reviews.undo(id, 'Bo');
  const { classes, agreement } = await reviews.statistics(id, 0.9);
  expect(classes).toMatchObject([
    { label: 'curlew', decided: 0, population: 60, trueDetections: { value: null, low: 0, high: 60 } },
    { label: 'rain', decided: 3, right: 2, population: 3, trueDetections: { value: 2, low: 2, high: 2 } },
  ]);
  expect(agreement).toEqual([]);
  await expect(reviews.statistics('none', 0.9)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

it('takes no edges that do not rise, no blank name, and another class with “other” alone', () => {
  const valid = (name: keyof typeof reviewRequests, params: object) =>
    v.safeParse(reviewRequests[name].params, params).success;
  expect(valid('reviews.create', { jobId: 'job', edges: [0.2, 0.2] })).toBe(false);
  expect(valid('reviews.create', { jobId: 'job', edges: [0.2, 0.3] })).toBe(true);
  const decision = { setId: 'set', number: 1, reviewer: 'Ada', label: 'owl' };
  expect(valid('reviews.decide', { ...decision, verdict: 'no' })).toBe(false);
  expect(valid('reviews.decide', { ...decision, verdict: 'other' })).toBe(true);
  expect(valid('reviews.decide', { ...decision, verdict: 'other', reviewer: '  ' })).toBe(false);
});

it('becomes a labelled set that tells of its sample and its run', async () => {
  const { id } = await reviews.create(wish);
  await reviews.decide(id, 4, decisionOf('yes'));
  const path = join(folder, 'labelled');
  const made = await reviews.labelledSet(id, { path, marginS: 0.5, overwrite: false });
  expect(made).toMatchObject({ path, cut: 1, failed: [] });
  expect(JSON.parse(await readFile(join(path, 'run.json'), 'utf8'))).toMatchObject({
    ...{ writtenBy: 'Curlew 1.2.3', marginS: 0.5, run: { jobId: 'job' } },
    sample: { id, seed: 1, reviewers: [{ reviewer: 'Ada', decided: 1 }] },
  });
  await expect(reviews.labelledSet('none', { path, marginS: 0, overwrite: true })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
  });
});

describe('thresholds of a review', () => {
  const detections = async (filter: object) =>
    (await detectionStore(store).summary('job', { ...allDetections, ...filter })).classes.map(
      ({ label, detections: found }) => [label, found],
    );

  it('leave of the run what they are asked to until they are taken back, and outlive the lab', async () => {
    const { id } = await reviews.create({ ...wish, size: 100 });
    for (const { number, detection } of await all(id)) {
      const verdict = detection.label === 'rain' || detection.peak < 0.3 ? 'no' : 'yes';
      await reviews.decide(id, number, decisionOf(verdict));
    }
    const applied = await reviews.apply(id, 0.9, 'fit');
    const [curlew, rain] = applied.classes;
    expect(curlew!.least).toBeGreaterThan(0.29);
    expect(curlew!.least).toBeLessThan(0.34);
    expect(rain).toEqual({ label: 'rain', least: null });
    await store.close();
    await open();
    expect(await reviews.applied('job')).toEqual(applied);
    const left = (await all(id)).filter(
      ({ detection }) => detection.label === 'curlew' && detection.peak >= Math.fround(curlew!.least!),
    );
    expect(await detections({ applied: true })).toEqual([['curlew', left.length]]);
    expect(await detections({})).toEqual([
      ['curlew', 60],
      ['rain', 3],
    ]);
    // Exports ask by the same filter.
    const entries = await detectionStore(store).entries(
      'job',
      { ...allDetections, applied: true },
      { limit: 1000 },
    );
    expect(entries).toHaveLength(left.length);
    await reviews.takeBack('job');
    expect(await reviews.applied('job')).toBeNull();
    expect(await detections({ applied: true })).toEqual(await detections({}));
  });

  it('take the place of those before, and go with their run', async () => {
    const { id } = await reviews.create({ ...wish, labels: ['rain'], size: 3 });
    await expect(reviews.apply(id, 0.9, 'fit')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await reviews.decide(id, 1, decisionOf('yes'));
    await reviews.apply(id, 0.9, 'fit');
    const second = await reviews.apply(id, 0.5, 'bound');
    expect(second.classes).toEqual([{ label: 'rain', least: null }]);
    expect(await reviews.applied('job')).toEqual(second);
    await resultStore(store).remove('job');
    expect(await reviews.applied('job')).toBeNull();
    await expect(reviews.applied('none')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
