import type { ClassifiedFile, Detection } from '../../contract/types.ts';

/** A part of a list: so many, the first or the first after one. */
export interface Page<After> {
  after?: After | undefined;
  limit: number;
}

/** A detection beside its file; a file without any stands once. */
export interface ClassifiedRow {
  file: ClassifiedFile;
  detection: Detection | null;
}

/** Where the results of classification jobs are kept. Every promise resolves once durable. */
export interface ResultStore {
  /**
   * Keeps a file's results in one transaction, replacing what is kept of the same job and path, so that a file may
   * be classified again after an interruption.
   * @param detections all of `file`'s job and path, in order of time, each at a time of its own
   */
  putFile(file: ClassifiedFile, detections: readonly Detection[]): Promise<void>;
  /** In the order in which they were put first. @param page after a path @throws CurlewError REQUEST_INVALID for another job's */
  files(jobId: string, page: Page<string>): Promise<ClassifiedFile[]>;
  /** In the order of `files`, then of time; of one file when `path` is given. @throws CurlewError as `files` */
  detections(
    jobId: string,
    page: Page<Pick<Detection, 'path' | 'startS'>> & { path?: string | undefined },
  ): Promise<Detection[]>;
  /** In the order of `detections`. @throws CurlewError as `files` */
  rows(jobId: string, page: Page<{ path: string; startS: number | null }>): Promise<ClassifiedRow[]>;
  /** How many are kept. */
  counts(jobId: string): Promise<{ files: number; detections: number }>;
  /** Takes all away that is kept of a job; nothing where nothing is. */
  remove(jobId: string): Promise<void>;
}
