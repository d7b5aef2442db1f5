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
