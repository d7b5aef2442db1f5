import { flushPromises } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { pageLimit } from '../../main/contract/pieces.ts';
import type { RequestParams } from '../../main/contract/requests.ts';
import type { ClassifiedFile } from '../../main/contract/types.ts';
import { testFile } from '../../test/fixtures/classified.ts';
import { job, LabDouble } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useRecordings } from './recordings.ts';

describe('classified recordings', () => {
  it('never show the files of one job under another', async () => {
    const answers = new Map<string, (files: ClassifiedFile[]) => void>();
    const lab = new LabDouble({
      'classify.files': ({ jobId }) => new Promise((resolve) => answers.set(jobId, resolve)),
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
    const lab = new LabDouble({
      'classify.start': () => job({ id: 'mine', kind: 'classify', createdMs: 1 }),
      'classify.files': () => [],
    });
    withLab(lab);
    const recordings = useRecordings();
    recordings.paths = ['/field'];
    await recordings.start('esc10-b4');
    lab.raise('job', job({ id: 'newer', kind: 'classify', createdMs: 5 }));
    expect(lab.asked[0]).toEqual({
      name: 'classify.start',
      params: { paths: ['/field'], modelId: 'esc10-b4' },
    });
    expect(recordings.job?.id).toBe('mine');
  });

  it('of a running job are asked for after those that are held, and anew when it is over', async () => {
    const found = Array.from({ length: pageLimit + 5 }, (_, i) =>
      testFile(i, `/${i}.wav`, { jobId: 'mine' }),
    );
    const lab = new LabDouble({
      'classify.files': ({ after, limit }) => {
        const from = found.findIndex(({ fileId }) => fileId === after) + 1;
        return found.slice(from, from + limit);
      },
    });
    withLab(lab);
    const recordings = useRecordings();
    const afters = () =>
      lab.asked.splice(0).map(({ params }) => (params as RequestParams<'classify.files'>).after);
    lab.raise('job', job({ id: 'mine', kind: 'classify', createdMs: 1 }));
    await flushPromises();
    expect(recordings.files).toEqual(found);
    expect(afters()).toEqual([undefined, pageLimit - 1]);
    found.push(testFile(found.length, '/last.wav', { jobId: 'mine' }));
    vi.useFakeTimers();
    lab.raise('job', job({ id: 'mine', kind: 'classify', createdMs: 1, progress: 0.9 }));
    await flushPromises();
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    await flushPromises();
    expect(recordings.files).toEqual(found);
    expect(afters()).toEqual([pageLimit + 4]);
    lab.raise('job', job({ id: 'mine', kind: 'classify', createdMs: 1, state: 'done' }));
    await flushPromises();
    expect(recordings.files).toEqual(found);
    expect(afters()).toEqual([undefined, pageLimit - 1]);
  });
});
