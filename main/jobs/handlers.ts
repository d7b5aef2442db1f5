/** What the lab does for requests about jobs of any kind. */
import type { HandlersOf } from '../dispatch.ts';
import { jobsLimit, type jobRequests } from './contract.ts';
import type { Jobs } from './jobs.ts';

export const jobHandlers = (jobs: Jobs): HandlersOf<typeof jobRequests> => ({
  'jobs.list': ({ after, limit = jobsLimit }) => jobs.page(limit, after),
  'jobs.get': ({ jobId }) => jobs.find(jobId),
  'jobs.pause': ({ jobId }) => jobs.pause(jobId),
  'jobs.resume': ({ jobId }) => jobs.resume(jobId),
  'jobs.cancel': ({ jobId }) => jobs.cancel(jobId),
  'jobs.holdings': ({ jobId }) => jobs.holdings(jobId),
  'jobs.delete': ({ jobId }) => jobs.delete(jobId),
});
