/** Long work, whatever its kind. */
import * as v from 'valibot';
import type { ErrorCode } from '../contract/error.ts';
import { forOperators, forViewers } from '../contract/roles.ts';
import { pagesOf } from '../contract/pieces.ts';
import { id, jobId, whole } from '../contract/schemas.ts';
import type {
  DeployResult,
  ExportResult,
  PlayResult,
  RolloutResult,
  UpdateResult,
} from '../fleet/contract/results.ts';
import type { CaptureResult, SmpUploadResult } from '../instruments/contract/result.ts';
import type { TinyResult } from '../mlperf-tiny/contract/results.ts';
import type { CompareResult } from './compare/contract/results.ts';
import type { ClassifyResult } from './classify/contract/results.ts';
import type { EncoderResult, EvaluateResult, TrainResult } from './study/contract/results.ts';

/** What a job leaves behind, by its kind; each room brings its own. */
export type JobResult =
  | DeployResult
  | PlayResult
  | UpdateResult
  | RolloutResult
  | ExportResult
  | CaptureResult
  | SmpUploadResult
  | ClassifyResult
  | TrainResult
  | EvaluateResult
  | EncoderResult
  | CompareResult
  | TinyResult;
export type JobKind = JobResult['kind'];
export const jobStates = ['queued', 'running', 'paused', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

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
  /** When its work first began; null before, and where an older lab did not note it. */
  startedMs: number | null;
  finishedMs: number | null;
  /** Time spent at work when this was told, waiting and pauses left out; null where an older lab did not note it. */
  workedMs: number | null;
  /** What is left of that, at the pace so far; null where it cannot be told, and while it does not run. */
  leftMs: number | null;
  /** Files, folders, recordings and models that it reads, and what it writes to, for a person; a long list is cut short. */
  reads: string[];
  writes: string[];
  error: { code: ErrorCode; message: string } | null;
  canPause: boolean;
  /** It goes on until it is told to finish; left out for work that ends by itself. */
  canFinish?: boolean;
  /** Null before it is done, and for a kind of work that leaves nothing. */
  result: JobResult | null;
}

/** What a job holds, each in words for a person. */
export interface JobHoldings {
  /** What goes when it is deleted. */
  goes: string[];
  /** What stays, and how that is deleted. */
  stays: string[];
  /** Of the files that go. */
  bytes: number;
}

/** The most jobs of one reply: with what they found, so many are made in a few milliseconds. */
export const jobsLimit = 50;

interface PageOfJobs {
  after?: Pick<Job, 'createdMs' | 'id'>;
  limit: number;
}

/** All jobs, newest first, a reply at a time. @param ask the request `jobs.list` @throws what it throws */
export const jobPages = (ask: (page: PageOfJobs) => Promise<Job[]>): AsyncGenerator<Job[]> =>
  pagesOf<Job>(
    (last) => ask({ ...(last && { after: { createdMs: last.createdMs, id: last.id } }), limit: jobsLimit }),
    jobsLimit,
  );

export const jobRequests = {
  /** Newest first: the first, or the first after one that need not be there any more. */
  'jobs.list': forViewers(
    v.strictObject({
      after: v.optional(v.strictObject({ createdMs: v.pipe(v.number(), v.finite()), id })),
      limit: v.optional(whole(1, jobsLimit)),
    }),
  ),
  /** By its id, or as much of the beginning as no other job's has. */
  'jobs.get': forViewers(jobId),
  'jobs.pause': forOperators(jobId),
  'jobs.resume': forOperators(jobId),
  'jobs.cancel': forOperators(jobId),
  'jobs.holdings': forViewers(jobId),
  /** With its results and its unfinished work; one that waits or runs is cancelled first. Answers what went. */
  'jobs.delete': forOperators(jobId),
} as const;

export interface JobResults {
  'jobs.list': Job[];
  'jobs.get': Job;
  'jobs.pause': Job;
  'jobs.resume': Job;
  'jobs.cancel': Job;
  'jobs.holdings': JobHoldings;
  'jobs.delete': JobHoldings;
}

export interface JobEvents {
  job: Job;
  /** It was deleted. */
  jobGone: { jobId: string };
}
