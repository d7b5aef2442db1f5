import { beforeEach, describe, expect, it } from 'vitest';
import type { ReviewItem, ReviewSet } from '../../main/contract/types.ts';
import { LabDouble } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useReview } from './review.ts';

const set: ReviewSet = {
  ...{ id: 'set', jobId: 'job', createdMs: 1, seed: 1, size: 4, reviewers: [] },
  strata: ['curlew', 'rain'].map((label) => ({ label, from: 0, to: 1, population: 9, drawn: 2 })),
};
let items: ReviewItem[];

/** Keeps decisions as a lab does. */
const lab = () =>
  new LabDouble({
    'reviews.get': () => set,
    'reviews.items': () => items,
    'detections.classes': () => ({
      ...{ detections: 18, files: 1, experts: [], sites: [], withoutTime: { files: 0, detections: 0 } },
      classes: ['rain', 'curlew'].map((label) => ({ label, detections: 9, files: 1, seconds: 9, sites: [] })),
    }),
    'reviews.decide': ({ number, reviewer, verdict, label = null }) => {
      const item = items[number - 1]!;
      const others = item.decisions.filter((one) => one.reviewer !== reviewer);
      items[number - 1] = { ...item, decisions: [...others, { reviewer, verdict, label, atMs: 1 }] };
      return items[number - 1]!;
    },
    'reviews.undo': ({ reviewer }) => {
      const last = items.findLast(({ decisions }) => decisions.some((one) => one.reviewer === reviewer));
      if (!last) return null;
      items[last.number - 1] = { ...last, decisions: [] };
      return items[last.number - 1]!;
    },
  });

beforeEach(() => {
  items = [0, 1, 2, 3].map((number) => ({
    ...{
      number: number + 1,
      stratum: number % 2,
      decisions: [],
      file: { seconds: 60, sampleRate: 48_000, channels: 1 },
    },
    detection: {
      ...{ fileId: 0, number, path: '/card/a.wav', channel: null, startS: number, endS: number + 1 },
      ...{ atMs: null, label: ['curlew', 'rain'][number % 2]!, peak: 0.5, peakS: number },
    },
  }));
});

async function opened(reviewer = 'Ada') {
  withLab(lab());
  const review = useReview();
  review.reviewer = reviewer;
  await review.open('set');
  return review;
}

describe('a sample that is decided', () => {
  it('shows the next one that its reviewer has not decided, and goes on there another day', async () => {
    const review = await opened();
    expect(review.at).toBe(0);
    await review.decide('yes');
    expect(review.at).toBe(1);
    review.skip();
    await review.decide('no');
    expect(review.at).toBe(3);
    const later = await opened();
    expect(later.at).toBe(1);
    expect(later.decided).toBe(2);
    // A decided one does not come again; what was skipped does.
    await later.decide('unsure');
    expect(later.at).toBe(3);
  });

  it('ends behind the last, and what was skipped comes again when it is asked for', async () => {
    const review = await opened();
    review.skip();
    for (let n = 0; n < 3; n++) await review.decide('yes');
    expect([review.at, review.item, review.decided]).toEqual([4, null, 3]);
    review.resume();
    expect(review.item?.number).toBe(1);
  });

  it('goes back, where a new decision replaces the old one, and takes the last one back', async () => {
    const review = await opened();
    await review.decide('yes');
    review.back();
    expect(review.decisionOf(review.item!)?.verdict).toBe('yes');
    await review.decide('other', 'whimbrel');
    expect(review.at).toBe(1);
    expect(items[0]!.decisions).toMatchObject([{ reviewer: 'Ada', verdict: 'other', label: 'whimbrel' }]);
    expect(review.classes).toEqual(['rain', 'curlew', 'whimbrel']);
    expect(await review.undo()).toBe(true);
    expect([review.at, review.decided]).toEqual([0, 0]);
    expect(await review.undo()).toBe(false);
    review.back();
    expect(review.at).toBe(0);
  });

  it('is each reviewer’s own, counted class by class', async () => {
    const review = await opened();
    await review.decide('yes');
    expect(review.progress).toEqual([
      { label: 'curlew', items: 2, decided: 1 },
      { label: 'rain', items: 2, decided: 0 },
    ]);
    review.reviewer = 'Bo';
    review.resume();
    expect([review.at, review.decided]).toEqual([0, 0]);
    await review.decide('no');
    expect(items[0]!.decisions.map(({ reviewer, verdict }) => [reviewer, verdict])).toEqual([
      ['Ada', 'yes'],
      ['Bo', 'no'],
    ]);
  });
});
