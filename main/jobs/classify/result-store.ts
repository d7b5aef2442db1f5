import type { ClassifiedFile, Detection } from '../../contract/types.ts';

/** Where the results of classification jobs are kept. Every promise resolves once durable. */
export interface ResultStore {
  /**
   * Keeps a file's results in one transaction, replacing what is kept of the same job and path, so that a file may
   * be classified again after an interruption.
   * @param detections all of `file`'s job and path, in order of time
   */
  putFile(file: ClassifiedFile, detections: readonly Detection[]): Promise<void>;
  /** In the order in which they were put first. */
  files(jobId: string): Promise<ClassifiedFile[]>;
  /** In the order of `files`, then of time; of one file when `path` is given. */
  detections(jobId: string, path?: string): Promise<Detection[]>;
}
