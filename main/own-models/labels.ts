/** The classes' names from a file beside a model. */
import { columnNames, tableOf } from '../datasets/table.ts';
import { CurlewError } from '../contract/error.ts';

/** Of class maps as they are published: YAMNet's `display_name`, BirdNET's and Perch's own. */
const labelColumns = ['displayname', 'commonname', 'name', 'ebird2021', ...columnNames.label];

/**
 * @param path .csv: a table with a column of them, or of one column; else text with one a line
 * @throws CurlewError MODEL_UNFIT, FILE_DAMAGED
 */
export function labelsOf(path: string, bytes: Uint8Array): string[] {
  if (!/\.csv$/i.test(path)) return linesOf(path, bytes);
  const table = tableOf(path, bytes);
  const column = table.column(...labelColumns) ?? (table.rows.every((row) => row.length === 1) ? only : null);
  if (column === null) {
    throw new CurlewError(
      'MODEL_UNFIT',
      `${path} has several columns, and none of them is called ${labelColumns.join(', ')}: name the one that holds the labels “label”.`,
      { path },
    );
  }
  return table.rows.map(column);
}

const only = (row: readonly string[]): string => row[0]?.trim() ?? '';

function linesOf(path: string, bytes: Uint8Array): string[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  } catch (cause) {
    throw new CurlewError('MODEL_UNFIT', `${path} is not text in UTF-8.`, { path }, { cause });
  }
}
