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
}

export interface WindowPage {
  fileId: number;
  /** The windows from the one on, before the other. */
  from: number;
  to: number;
  after?: { window: number; channel: number | null } | undefined;
  limit: number;
}

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
  /** Classified files of the filter with what it leaves of their detections, in the order of files, then of numbers. */
  entries(
    jobId: string,
    filter: DetectionFilter,
    page: { after?: RowPlace | undefined; limit: number },
  ): Promise<TableEntry[]>;
}
