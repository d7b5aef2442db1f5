/** A job, to whoever writes one. */
import type { Job, JobHoldings, JobKind } from '../contract/types.ts';

/** What the work of a job is given. */
export interface JobContext {
  jobId: string;
  /** Aborts when the job is cancelled and when the lab closes. */
  signal: AbortSignal;
  /** The last checkpoint of an earlier run, or null at the first start. */
  resumedFrom: unknown;
  /** @param fraction 0 … 1, or null while it cannot be known */
  progress(fraction: number | null, detail: string): void;
  /** Resolves once the state (plain JSON) is durable. @throws CurlewError of the store */
  checkpoint(state: unknown): Promise<void>;
  /** Waits while the job is paused. @throws CurlewError ABORTED */
  pausePoint(): Promise<void>;
}

export interface JobDefinition {
  kind: JobKind;
  title: string;
  /** What it reads, and what it writes to, for a person; see `few`. */
  reads: string[];
  writes: string[];
  /** Whether `run` calls pausePoint; only such jobs can be paused and taken up again. */
  canPause: boolean;
  /** Whether it goes on until it is told to finish, by a request of its kind. */
  canFinish?: boolean;
  /** Jobs of the same queue run one after another; without one a job begins at once. */
  queue?: string;
  /** Plain JSON from which `takeUp` makes the definition anew; without it a job ends with its lab. */
  params?: unknown;
  /** Rejects to fail; ends promptly once `context.signal` aborts. */
  run(context: JobContext): Promise<Job['result']>;
}

/** Makes a definition anew from the `params` of an earlier lab. */
export type MakeJob = (params: unknown) => JobDefinition;

/** What jobs of a kind keep beside their records, to whoever deletes them. */
export interface Leavings {
  holdings(job: Job): Promise<JobHoldings>;
  /** Takes away what was unfinished of a cancelled job; what it found stays. Does nothing where nothing is left. */
  discard?(jobId: string): Promise<void>;
  /** Takes away all that `holdings` says goes. May have been begun before. */
  remove?(jobId: string): Promise<void>;
}

/** So many names, and how many more there are: a list of thousands is nobody's to read, and travels with every change. */
const mostNames = 3;

export const few = (names: readonly string[]): string[] =>
  names.length <= mostNames
    ? [...names]
    : [...names.slice(0, mostNames), `and ${names.length - mostNames} more`];
