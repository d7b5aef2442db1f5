/** Long work, whatever its kind. */
import type { ErrorCode } from '../contract/error.ts';
import { forOperators, forViewers } from '../contract/roles.ts';
import { jobId, none } from '../contract/schemas.ts';
import type { DeployResult, PlayResult } from '../fleet/contract/results.ts';
import type { ClassifyResult } from './classify/contract/results.ts';
import type { EncoderResult, EvaluateResult, TrainResult } from './study/contract/results.ts';

/** What a job leaves behind, by its kind; each room brings its own. */
export type JobResult =
  DeployResult | PlayResult | ClassifyResult | TrainResult | EvaluateResult | EncoderResult;
export type JobKind = JobResult['kind'];
export type JobState = 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

export interface Job {
  id: string;
  kind: JobKind;
  title: string;
  state: JobState;
  /** 0 … 1; null while it cannot be known. */
  progress: number | null;
  /** What it is doing now, for a person. */
  detail: string;
  createdMs: number;
  finishedMs: number | null;
  error: { code: ErrorCode; message: string } | null;
  canPause: boolean;
  /** Null before it is done, and for a kind of work that leaves nothing. */
  result: JobResult | null;
}

export const jobRequests = {
  'jobs.list': forViewers(none),
  'jobs.pause': forOperators(jobId),
  'jobs.resume': forOperators(jobId),
  'jobs.cancel': forOperators(jobId),
} as const;

export interface JobResults {
  'jobs.list': Job[];
  'jobs.pause': Job;
  'jobs.resume': Job;
  'jobs.cancel': Job;
}

export interface JobEvents {
  job: Job;
}
