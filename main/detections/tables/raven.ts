import { meantBySingle } from '../../contract/figures.ts';
import { selectionHeader, selectionLines, type Selection } from './selection-table.ts';
import { bandOf, microseconds, notesOf, type Table, type TableRow } from './table.ts';

const table = { ending: '.selections.txt', mime: 'text/tab-separated-values', header: selectionHeader };

/** One table over all files, opened in this order: begin times run on from file to file. */
export const ravenTable: Table = {
  ...table,
  lines: (rows, { selections }) => selectionLines(selectionsOf(rows), selections),
};

/** A table of one file, which lies beside it: begin times are the file's. */
export const ravenFileTable: Table = {
  ...table,
  lines: (rows, { selections }) =>
    selectionLines(selectionsOf(rows.map((row) => ({ ...row, secondsBefore: 0 }))), selections),
};

const selectionsOf = (rows: readonly TableRow[]): Selection[] =>
  rows.flatMap(({ file, detection, secondsBefore }): Selection[] => {
    if (!detection) return [];
    const { startS, endS, label, confidence, channel } = detection;
    return [
      {
        ...bandOf(file),
        channel: (channel ?? 0) + 1,
        beginS: microseconds(secondsBefore + startS),
        endS: microseconds(secondsBefore + endS),
        name: label,
        confidence: meantBySingle(confidence),
        beginPath: file.path,
        fileOffsetS: startS,
        notes: notesOf(file),
      },
    ];
  });
