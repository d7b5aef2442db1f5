import type { Job } from '../contract/types.ts';

/** A job as it is kept: plain JSON. */
export interface JobRecord {
  job: Job;
  /** What the work was started with, for kinds that a later lab can take up again; else null. */
  params: unknown;
}

/** Where jobs are kept, so that a lab that died can take them up again. Every promise resolves once durable. */
export interface JobStore {
  /** Writes or replaces the record; the checkpoint stays. */
  saveJob(record: JobRecord): Promise<void>;
  /** Replaces the checkpoint of a job whose record is saved. */
  saveCheckpoint(jobId: string, checkpoint: unknown): Promise<void>;
  /** All jobs, oldest first; `checkpoint` null where none was saved. */
  loadJobs(): Promise<{ record: JobRecord; checkpoint: unknown }[]>;
}
