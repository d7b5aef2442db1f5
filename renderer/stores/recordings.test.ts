import { flushPromises } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import type { RequestParams } from '../../main/contract/requests.ts';
import type { ClassifiedFile } from '../../main/contract/types.ts';
import { testDetection, testFile } from '../../test/fixtures/classified.ts';
import { job, LabDouble } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { filesPerPage, useRecordings } from './recordings.ts';

/** A lab with these files, all classified. */
const labWith = (found: ClassifiedFile[]) =>
  new LabDouble({
    'classify.files': ({ states, after, limit }) =>
      found
        .filter(({ state }) => !states || states.includes(state))
        .filter(({ fileId }) => after === undefined || fileId > after)
        .slice(0, limit),
    'detections.list': ({ filter, offset = 0, limit }) => {
      const all = found
        .filter(({ fileId }) => fileId === filter?.fileId)
        .flatMap((file) =>
          Array.from({ length: 1500 }, (_, i) => ({
            ...testDetection(file, i),
            ...{ offsetMinutes: null, site: null, verdict: null, correctedLabel: null },
          })),
        );
      return { rows: all.slice(offset, offset + limit), total: all.length };
    },
  });
const asked = (lab: LabDouble) =>
  lab.asked
    .splice(0)
    .filter(({ name }) => name === 'classify.files')
    .map(({ params }) => params as RequestParams<'classify.files'>)
    .filter(({ states }) => !states?.includes('failed'));

describe('classified recordings', () => {
  it('never show the files of one job under another', async () => {
    const answers = new Map<string, (files: ClassifiedFile[]) => void>();
    const lab = new LabDouble({
      'classify.files': ({ jobId, states }) =>
        states ? [] : new Promise((resolve) => answers.set(jobId, resolve)),
    });
    withLab(lab);
    const recordings = useRecordings();
    lab.raise('job', job({ id: 'first', kind: 'classify', state: 'done', createdMs: 1 }));
    await flushPromises();
    lab.raise('job', job({ id: 'second', kind: 'classify', state: 'done', createdMs: 2 }));
    await flushPromises();
    answers.get('second')!([testFile(0, '/b.wav', { jobId: 'second' })]);
    await flushPromises();
    expect(recordings.files).toHaveLength(1);
    answers.get('first')!([testFile(0, '/a.wav', { jobId: 'first' })]);
    await flushPromises();
    expect(recordings.files?.map((one) => one.path)).toEqual(['/b.wav']);
  });

  it('start with the chosen paths and follow the job they started', async () => {
    const lab = labWith([]);
    lab.handlers['classify.start'] = () => job({ id: 'mine', kind: 'classify', createdMs: 1 });
    withLab(lab);
    const recordings = useRecordings();
    recordings.paths = ['/field'];
    await recordings.start('esc10-b4', { topK: 2 });
    lab.raise('job', job({ id: 'newer', kind: 'classify', createdMs: 5 }));
    expect(lab.asked[0]).toEqual({
      name: 'classify.start',
      params: { paths: ['/field'], modelId: 'esc10-b4', settings: { topK: 2 }, watch: false },
    });
    expect(recordings.job?.id).toBe('mine');
  });

  it('are watched for where a person wants that, until they say that it is enough', async () => {
    const lab = labWith([]);
    const watched = job({ id: 'mine', kind: 'classify', canFinish: true });
    lab.handlers['classify.start'] = () => watched;
    lab.handlers['classify.finish'] = () => ({ ...watched, state: 'done' });
    withLab(lab);
    const recordings = useRecordings();
    await recordings.start('esc10-b4', {}, true);
    await recordings.finish();
    const asked = lab.asked.filter(({ name }) => name === 'classify.start' || name === 'classify.finish');
    expect(asked.map(({ params }) => params)).toMatchObject([{ watch: true }, { jobId: 'mine' }]);
    expect(recordings.job?.state).toBe('done');
  });

  it('are held a page at a time, however many there are, and turned forth and back', async () => {
    const found = Array.from({ length: filesPerPage + 5 }, (_, i) => testFile(i, `/${i}.wav`));
    const lab = labWith(found);
    withLab(lab);
    const recordings = useRecordings();
    lab.raise('job', job({ id: 'job', kind: 'classify', state: 'done', createdMs: 1 }));
    await flushPromises();
    expect(recordings.files).toEqual(found.slice(0, filesPerPage));
    expect(recordings.more).toBe(true);
    recordings.turn('later');
    await flushPromises();
    expect(recordings.files).toEqual(found.slice(filesPerPage));
    expect(recordings.more).toBe(false);
    recordings.turn('earlier');
    await flushPromises();
    expect(recordings.files).toEqual(found.slice(0, filesPerPage));
  });

  it('of a running job are asked for again a page at a time, no more than once a second', async () => {
    const found = [testFile(0, '/0.wav')];
    const lab = labWith(found);
    withLab(lab);
    const recordings = useRecordings();
    const running = (progress: number) =>
      lab.raise('job', job({ id: 'job', kind: 'classify', createdMs: 1, progress }));
    running(0.1);
    await flushPromises();
    expect(asked(lab)).toHaveLength(1);
    vi.useFakeTimers();
    found.push(testFile(1, '/1.wav'));
    for (let i = 2; i < 8; i++) running(i / 10);
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    await flushPromises();
    expect(asked(lab)).toHaveLength(1);
    expect(recordings.files).toEqual(found);
    lab.raise('job', job({ id: 'job', kind: 'classify', createdMs: 1, state: 'done' }));
    await flushPromises();
    expect(asked(lab)).toHaveLength(1);
  });

  it('open with all that was detected in them, also from a row of another page', async () => {
    const found = Array.from({ length: 3 }, (_, i) => testFile(i, `/${i}.wav`));
    const lab = labWith(found);
    withLab(lab);
    const recordings = useRecordings();
    lab.raise('job', job({ id: 'job', kind: 'classify', state: 'done', createdMs: 1 }));
    await flushPromises();
    await recordings.open(2, 1400);
    expect(recordings.file).toEqual(found[2]);
    expect(recordings.detections).toHaveLength(1500);
    expect(recordings.looked).toBe(1400);
  });
});
