import { frontEnd } from '../../../models/features/log-mel.ts';
import type { ClassifiedFile } from '../../contract/types.ts';
import type { TableEntry } from '../detection-store.ts';

export interface TableRow extends TableEntry {
  /** Length of the files before this row's. */
  secondsBefore: number;
}

/** What a table may tell of the run beside its rows. */
export interface TableContext {
  /** How many detections stand above these rows. */
  selections: number;
  /** Files and folders that were classified. */
  roots: readonly string[];
}

/** A form that detections are exported in. */
export interface Table {
  /** Of its file's name, with the dot. */
  ending: string;
  mime: string;
  header: string;
  /** Tells also of files that were not heard, and why. */
  unheard?: true;
  lines(rows: readonly TableRow[], context: TableContext): string;
}

/** The band that experts hear and the file holds, hertz. */
export const bandOf = ({
  sampleRate,
}: Pick<ClassifiedFile, 'sampleRate'>): { lowHz: number; highHz: number } => ({
  lowHz: frontEnd.melLowest,
  highHz: Math.min(frontEnd.melHighest, sampleRate / 2),
});

/** What a person should know of a file, in one text; of one that was not heard, why. */
export const notesOf = ({ path, notes, error, copyOf }: ClassifiedFile): string =>
  [
    ...(error ? [error.message] : []),
    ...(copyOf !== null ? [`${path} has the same bytes as ${copyOf}, and is not counted again.`] : []),
    ...notes.map(({ text }) => text),
  ].join(' ');

/** A sum over many files carries the noise of its last digits; a sample at 1 MHz is longer than this step. */
export const microseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;
