import type { Job, PlayResult } from '../contract/types.ts';
import type { JobRecord, JobStore } from './job-store.ts';
import type { Jobs } from './jobs.ts';
import { isFinished } from './transitions.ts';

/** What a job leaves, where it does not matter what. */
export const someResult: PlayResult = {
  kind: 'play',
  boardId: '0123456789abcdef',
  recordings: 1,
  windows: 0,
  failed: [],
};

/** The job once it has ended. */
export function whenFinished(jobs: Jobs, jobId: string): Promise<Job> {
  return new Promise((resolve) => {
    const settle = (job: Job) => {
      if (job.id !== jobId || !isFinished(job.state)) return;
      unsubscribe();
      resolve(job);
    };
    const unsubscribe = jobs.onChange(settle);
    settle(jobs.get(jobId));
  });
}

/** A job store for tests that outlives its `Jobs`, as a disk outlives a lab. */
export class MemoryJobStore implements JobStore {
  readonly jobs = new Map<string, { record: JobRecord; checkpoint: unknown }>();

  async saveJob(record: JobRecord): Promise<void> {
    const checkpoint = this.jobs.get(record.job.id)?.checkpoint ?? null;
    this.jobs.set(record.job.id, { record: structuredClone(record), checkpoint });
  }

  async saveCheckpoint(jobId: string, checkpoint: unknown): Promise<void> {
    this.jobs.get(jobId)!.checkpoint = structuredClone(checkpoint);
  }

  async deleteJob(jobId: string): Promise<void> {
    this.jobs.delete(jobId);
  }

  async loadJobs() {
    return structuredClone([...this.jobs.values()]);
  }
}
