/** Where the detections of runs are read; main/store keeps them. */
import type {
  ClassifiedFile,
  DetectionFilter,
  DetectionPage,
  DetectionSort,
  DetectionSummary,
  KeptWindow,
  ListedDetection,
  TimelineDay,
} from '../contract/types.ts';

/** Where a row of a table stands: its file's number, and its detection's; null after a file without any. */
export interface RowPlace {
  fileId: number;
  number: number | null;
}

/** A detection beside its file; a file of which the filter leaves none stands once. */
export interface TableEntry {
  file: ClassifiedFile;
  detection: ListedDetection | null;
  /** Sound of files between this one and the one before it of which a window could not be heard: too short ones. */
  skippedS: number;
}

export interface WindowPage {
  fileId: number;
  /** The windows from the one on, before the other. */
  from: number;
  to: number;
  after?: { window: number; channel: number | null } | undefined;
  limit: number;
}

/** A detection of which a clip is to be cut. */
export type ClipRow = Pick<
  ListedDetection,
  'fileId' | 'number' | 'path' | 'channel' | 'startS' | 'endS' | 'label' | 'peak'
>;

/** A detection with its best window. */
export type BestRow = ClipRow & Pick<ListedDetection, 'peakS'>;

/** What of a detection is held against marks. */
export type ScoredRow = Pick<ListedDetection, 'fileId' | 'number' | 'label' | 'startS' | 'endS' | 'peak'>;

/** A file as it was when it was classified, with what there was to say of it, for which most tables have no place. */
export type RunInput = Pick<
  ClassifiedFile,
  'fileId' | 'path' | 'state' | 'bytes' | 'modifiedMs' | 'sha256' | 'notes' | 'error' | 'copyOf'
>;

export interface DetectionStore {
  list(
    jobId: string,
    filter: DetectionFilter,
    page: { sort: DetectionSort; offset: number; limit: number },
  ): Promise<DetectionPage>;
  summary(jobId: string, filter: DetectionFilter): Promise<DetectionSummary>;
  /** Days after one, so many. */
  timeline(
    jobId: string,
    filter: DetectionFilter,
    page: { by: 'day' | 'night'; after?: string | undefined; limit: number },
  ): Promise<TimelineDay[]>;
  windows(jobId: string, page: WindowPage): Promise<(KeptWindow & { label: string | null })[]>;
  /**
   * Classified files of the filter with what it leaves of their detections, in the order of files, then of numbers.
   * @param page unheard: with the files that were not classified, but those that still wait
   */
  entries(
    jobId: string,
    filter: DetectionFilter,
    page: { after?: RowPlace | undefined; limit: number; unheard?: boolean },
  ): Promise<TableEntry[]>;
  /** Files in which the filter leaves a detection, in their order. */
  filesHeard(
    jobId: string,
    filter: DetectionFilter,
    page: { after?: number | undefined; limit: number },
  ): Promise<{ fileId: number; path: string }[]>;
  /** In the order of files, then of numbers: at most so many of each class in each tenth of peak probability, drawn by the seed. */
  drawn(jobId: string, filter: DetectionFilter, draw: { most: number; seed: number }): Promise<ClipRow[]>;
  /** By peak, the highest first: so many of each class, so many in all, those of the classes `without` left out. */
  best(
    jobId: string,
    filter: DetectionFilter,
    wish: { most: number; limit: number; without: readonly string[] },
  ): Promise<BestRow[]>;
  /**
   * All columns of the filter's detections and of their files, in the order of files.
   * @param file is replaced
   * @returns how many rows
   */
  writeParquet(jobId: string, filter: DetectionFilter, file: string): Promise<number>;
  /** Classified files, in their order. */
  classified(
    jobId: string,
    page: { after?: number | undefined; limit: number },
  ): Promise<{ fileId: number; path: string }[]>;
  /** Detections of these files, or of all, in the order of files, then of numbers. */
  scored(
    jobId: string,
    fileIds: readonly number[] | null,
    page: { after?: { fileId: number; number: number } | undefined; limit: number },
  ): Promise<ScoredRow[]>;
  /** Every file that a run was given, in its order, but those that still wait. */
  inputs(jobId: string, page: { after?: number | undefined; limit: number }): Promise<RunInput[]>;
  /** How a run was made, as it was kept; null where it was not. */
  provenance(jobId: string): Promise<unknown>;
}
