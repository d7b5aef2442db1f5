import { flushPromises } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { RequestName } from '../../main/contract/requests.ts';
import type { DetectionSummary, ListedDetection } from '../../main/contract/types.ts';
import { testDetection, testFile } from '../../test/fixtures/classified.ts';
import { job, LabDouble } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { detectionsPerPage, useFound } from './found.ts';
import { useApplied } from './applied.ts';
import { useRecordings } from './recordings.ts';

const summary: DetectionSummary = {
  ...{ detections: 1_000_000, files: 20_000, classes: [], experts: [], sites: [] },
  withoutTime: { files: 0, detections: 0 },
};
const row = (own: Partial<ListedDetection> = {}): ListedDetection => ({
  ...testDetection(testFile(0, '/a.wav'), 0),
  ...{ offsetMinutes: 120, site: null, verdict: null, correctedLabel: null },
  ...own,
});

/** @param first before what was found is looked at, when the run is over already */
async function open(first?: () => unknown) {
  const lab = new LabDouble({
    'classify.files': () => [],
    'reviews.applied': ({ jobId }) =>
      jobId === 'reviewed'
        ? {
            jobId,
            setId: 'set',
            atMs: 1,
            precision: 0.9,
            rule: 'fit',
            classes: [{ label: 'rain', least: 0.8 }],
          }
        : null,
    'reviews.takeBack': () => null,
    'detections.list': ({ limit }) => ({
      rows: Array.from({ length: limit }, () => row()),
      total: 1_000_000,
    }),
    'detections.classes': () => summary,
    'detections.timeline': ({ after }) => (after ? [] : [{ day: '2026-06-01', hours: [] }]),
  });
  withLab(lab);
  if (first === undefined) useFound();
  else first();
  lab.raise('job', job({ id: 'job', kind: 'classify', state: 'done', createdMs: 1 }));
  await flushPromises();
  const found = useFound();
  await flushPromises();
  const asked = (name: RequestName) =>
    lab.asked
      .splice(0)
      .filter((one) => one.name === name)
      .map(({ params }) => params);
  return { lab, found, asked };
}

describe('what a run found', () => {
  it('is loaded also where the run was over before anybody looked', async () => {
    const { found } = await open(() => useRecordings());
    expect(found.page?.total).toBe(1_000_000);
    expect(found.summary?.detections).toBe(1_000_000);
    expect(found.days).toHaveLength(1);
  });

  it('is held a page at a time, of a million detections too', async () => {
    const { found, asked } = await open();
    expect(found.page?.rows).toHaveLength(detectionsPerPage);
    expect(found.page?.total).toBe(1_000_000);
    asked('detections.list');
    found.offset = 999_900;
    await flushPromises();
    expect(asked('detections.list')).toMatchObject([{ offset: 999_900, limit: detectionsPerPage }]);
  });

  it('begins anew at its first page when it is filtered or sorted otherwise', async () => {
    const { found, asked } = await open();
    found.offset = 500;
    await flushPromises();
    asked('detections.list');
    found.narrow({ labels: ['rain'], least: 0.8 });
    await flushPromises();
    expect(asked('detections.list')).toMatchObject([{ offset: 0, filter: { labels: ['rain'], least: 0.8 } }]);
    found.narrow({ labels: undefined });
    await flushPromises();
    expect(found.filter).toEqual({ least: 0.8 });
    asked('detections.list');
    found.sortBy('peak');
    found.sortBy('peak');
    await flushPromises();
    expect(found.sort).toEqual({ by: 'peak', descending: false });
  });

  it('loses its filter with another run', async () => {
    const { found, lab } = await open();
    found.narrow({ path: 'north' });
    lab.raise('job', job({ id: 'next', kind: 'classify', state: 'done', createdMs: 9 }));
    await flushPromises();
    expect(found.filter).toEqual({});
  });

  it('is what a review has left of it, until the person wants all or the thresholds are taken back', async () => {
    const { found, lab, asked } = await open();
    lab.raise('job', job({ id: 'reviewed', kind: 'classify', state: 'done', createdMs: 9 }));
    await flushPromises();
    expect(found.filter).toEqual({ applied: true });
    expect(asked('detections.list').at(-1)).toMatchObject({ filter: { applied: true } });
    found.clear();
    await useApplied().load('reviewed');
    await flushPromises();
    expect(found.filter).toEqual({});
    found.narrow({ applied: true, least: 0.5 });
    await useApplied().takeBack('reviewed');
    await flushPromises();
    expect([found.filter, found.thresholds]).toEqual([{ least: 0.5 }, null]);
  });

  it('is narrowed to an hour by the clock of the recordings', async () => {
    const { found } = await open();
    await found.narrowToHour('2026-06-01', 22);
    const fromMs = Date.parse('2026-06-01T22:00:00+02:00');
    expect(found.filter).toEqual({ fromMs, toMs: fromMs + 3_600_000 });
  });
});
