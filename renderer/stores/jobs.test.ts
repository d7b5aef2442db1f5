import { describe, expect, it } from 'vitest';
import { job, LabDouble } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useJobs } from './jobs.ts';

describe('jobs in the page', () => {
  it('are never taken back from over to running by a reply that comes late', () => {
    const lab = new LabDouble();
    withLab(lab);
    const jobs = useJobs();
    lab.raise('job', job({ state: 'done' }));
    jobs.keep(job({ state: 'running' }));
    expect(jobs.find('job-1')?.state).toBe('done');
  });

  it('that are gone stay gone, though a reply that comes late tells of them', () => {
    const lab = new LabDouble();
    withLab(lab);
    const jobs = useJobs();
    lab.raise('job', job({ state: 'done' }));
    lab.raise('jobGone', { jobId: 'job-1' });
    jobs.keep(job({ state: 'done' }));
    expect(jobs.list).toEqual([]);
  });

  it('are asked for page by page until all are there', async () => {
    const many = Array.from({ length: 120 }, (_, i) => job({ id: `job-${i}`, createdMs: 9000 - i }));
    const lab = new LabDouble({
      'jobs.list': ({ after, limit }) => {
        const from = many.findIndex(({ id }) => id === after?.id) + 1;
        return many.slice(from, from + limit!);
      },
    });
    withLab(lab);
    const jobs = useJobs();
    await jobs.load();
    expect([jobs.list.length, lab.asked.length]).toEqual([120, 3]);
  });

  it('are listed newest first', () => {
    const lab = new LabDouble();
    withLab(lab);
    const jobs = useJobs();
    lab.raise('job', job({ id: 'old', createdMs: 1 }));
    lab.raise('job', job({ id: 'new', createdMs: 2 }));
    lab.raise('job', job({ id: 'old', createdMs: 1, progress: 0.9 }));
    expect(jobs.list.map((one) => one.id)).toEqual(['new', 'old']);
    expect(jobs.latest('deploy')?.id).toBe('new');
  });
});
