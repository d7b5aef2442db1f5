import { CurlewError } from '../../contract/error.ts';
import type { Job } from '../../contract/types.ts';
import type { Jobs } from '../jobs.ts';

/** @throws CurlewError JOB_NOT_FOUND, also where the job is of another kind */
export function requireClassification(jobs: Pick<Jobs, 'get'>, jobId: string): Job {
  const job = jobs.get(jobId);
  if (job.kind === 'classify') return job;
  throw new CurlewError('JOB_NOT_FOUND', `Job “${jobId}” is no classification.`, { jobId });
}
