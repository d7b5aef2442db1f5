import type {
  ClassifiedFile,
  Detection,
  FileState,
  KeptWindow,
  ListedFile,
  Unused,
} from '../../contract/types.ts';

/** A part of a list: so many, the first or the first after one. */
export interface Page<After> {
  after?: After | undefined;
  limit: number;
}

/** All that was found in a file. */
export interface FileResults {
  file: ClassifiedFile;
  /** In the order of their numbers. */
  detections: readonly Detection[];
  windows: readonly KeptWindow[];
}

export interface KeptPart {
  fileId: number;
  /** Counted from 0. */
  span: number;
  answers: Uint8Array;
}

export interface ResultCounts {
  files: Record<FileState, number>;
  detections: number;
  /** Of classified files. */
  windows: number;
  audioSeconds: number;
  /** Of the files that are done. */
  passedBytes: number;
}

/** A file to be appended: as waiting, or as one that will not be classified. */
export interface NewFile extends ListedFile {
  unused?: Unused | undefined;
}

/** Where the results of classification jobs are kept. Every promise resolves once durable. */
export interface ResultStore {
  /**
   * Appends files to a job's, numbered on from those that it has. A path that it has already is passed over, so that a
   * listing may be begun again.
   * @returns what was appended
   */
  list(jobId: string, files: readonly NewFile[]): Promise<(NewFile & { fileId: number })[]>;
  /** Files that are waiting, by number. */
  waiting(jobId: string, page: Page<number>): Promise<(ListedFile & { fileId: number })[]>;
  /** Keeps what was found in listed files, all in one transaction, replacing what is kept of them. */
  keep(jobId: string, results: readonly FileResults[]): Promise<void>;
  /** By number, in these states; all but the waiting where none is named. */
  files(
    jobId: string,
    page: Page<number> & { states?: readonly FileState[] | undefined },
  ): Promise<ClassifiedFile[]>;
  /** In the order of files, then of numbers; of one file when it is given. */
  detections(
    jobId: string,
    page: Page<{ fileId: number; number: number }> & { fileId?: number | undefined },
  ): Promise<Detection[]>;
  counts(jobId: string): Promise<ResultCounts>;
  /** The first of a job's files of these bytes, among those listed before. */
  firstOf(
    jobId: string,
    file: { fileId: number; sha256: string },
  ): Promise<{ fileId: number; path: string } | null>;
  /** Keeps how a job was made, in place of what was kept before: plain JSON. */
  keepProvenance(jobId: string, provenance: object): Promise<void>;
  /** Keeps what was answered to a part of a file that is not done, until it is; kept again, both are there. */
  keepPart(jobId: string, part: KeptPart): Promise<void>;
  /** Of a file. */
  parts(jobId: string, fileId: number): Promise<KeptPart[]>;
  /** Takes all away that is kept of a job; nothing where nothing is. */
  remove(jobId: string): Promise<void>;
}
