import { meantBySingle } from '../../contract/figures.ts';
import { csvText, type CsvCell } from '../../../models/report/csv.ts';
import type { Table } from './table.ts';

const header = [
  'File',
  'Start (s)',
  'End (s)',
  'Label',
  'Confidence',
  'File label',
  'File probability',
  'File length (s)',
  'Windows',
  'Notes',
];

/** One row a detection; a file without any has one row with the detection's cells empty. */
export const detectionsCsv: Table = {
  ending: '.csv',
  mime: 'text/csv',
  header: csvText([header]),
  lines: (rows) =>
    csvText(
      rows.map(({ file, detection }): CsvCell[] => [
        file.path,
        detection?.startS ?? null,
        detection?.endS ?? null,
        detection?.label ?? null,
        detection ? meantBySingle(detection.confidence) : null,
        file.label,
        file.probability === null ? null : meantBySingle(file.probability),
        Math.round(file.seconds * 1e6) / 1e6,
        file.windows,
        file.notes.map(({ text }) => text).join(' '),
      ]),
    ),
};
