import type { Job } from '../contract/types.ts';

/** What an older lab did not note. */
type Later = 'startedMs' | 'workedMs' | 'leftMs' | 'reads' | 'writes';

/** A job as it is kept: plain JSON. */
export interface JobRecord {
  job: Omit<Job, Later> & Partial<Pick<Job, Later>>;
  /** What the work was started with, for kinds that a later lab can take up again; else null. */
  params: unknown;
  /** Its deletion has begun: a lab that finds it so ends it. */
  deleted?: true;
}

/** Where jobs are kept, so that a lab that died can take them up again. Every promise resolves once durable. */
export interface JobStore {
  /** Writes or replaces the record; the checkpoint stays. */
  saveJob(record: JobRecord): Promise<void>;
  /** Replaces the checkpoint of a job whose record is saved. */
  saveCheckpoint(jobId: string, checkpoint: unknown): Promise<void>;
  /** With its checkpoint; does nothing where there is none. */
  deleteJob(jobId: string): Promise<void>;
  /** All jobs, oldest first; `checkpoint` null where none was saved. */
  loadJobs(): Promise<{ record: JobRecord; checkpoint: unknown }[]>;
}
