import type { ClassifiedRow } from './result-store.ts';

export interface TableRow extends ClassifiedRow {
  /** Length of the files before this row's. */
  secondsBefore: number;
}

/** A form that a classification is exported in. */
export interface Table {
  /** Of its file's name, with the dot. */
  ending: string;
  mime: string;
  header: string;
  /** @param selections how many detections stand above these rows */
  lines(rows: readonly TableRow[], selections: number): string;
}
