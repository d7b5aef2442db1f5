import { CurlewError } from '../../contract/error.ts';
import type { Job } from '../../contract/types.ts';
import type { Jobs } from '../jobs.ts';

/** @throws CurlewError JOB_NOT_FOUND, also where the job is of another kind */
export function requireClassification(jobs: Pick<Jobs, 'get'>, jobId: string): Job {
  const job = jobs.get(jobId);
  if (job.kind === 'classify') return job;
  throw new CurlewError('JOB_NOT_FOUND', `Job “${jobId}” is no classification.`, { jobId });
}

/** @param what becomes of all that it finds @throws CurlewError as `requireClassification`; JOB_STATE */
export function requireFinished(jobs: Pick<Jobs, 'get'>, jobId: string, what: string): Job {
  const job = requireClassification(jobs, jobId);
  if (job.state === 'done') return job;
  throw new CurlewError(
    'JOB_STATE',
    `“${job.title}” is ${job.state}: ${what} of all that it finds, once it is done.`,
    { jobId: job.id, state: job.state },
  );
}
