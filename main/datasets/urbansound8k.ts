/** UrbanSound8K's layout: `metadata/UrbanSound8K.csv` and `audio/fold1` … `audio/fold10`. */
import { join } from 'node:path';
import {
  foldFault,
  noCredits,
  quoted,
  wholeNumber,
  type Entry,
  type Fault,
  type Listing,
} from './listing.ts';
import { readTable, requireColumn } from './table.ts';

export const urbanSoundTable = 'metadata/UrbanSound8K.csv';

/**
 * The source of a slice is its Freesound recording (fsID). Classes stand in the order of their classID.
 * @throws CurlewError as readTable; FILE_DAMAGED if the table lacks a column
 */
export async function readUrbanSound8K(folder: string): Promise<Listing> {
  const table = await readTable(join(folder, urbanSoundTable));
  const file = requireColumn(table, 'slice_file_name');
  const source = requireColumn(table, 'fsID');
  const fold = requireColumn(table, 'fold');
  const classId = requireColumn(table, 'classID');
  const className = requireColumn(table, 'class');

  const names = new Map<number, string>();
  for (const row of table.rows) {
    const number = wholeNumber(classId(row));
    if (number !== null && className(row) !== '' && !names.has(number)) names.set(number, className(row));
  }
  const entries = table.rows.map((row): Entry => {
    const number = wholeNumber(classId(row));
    const name = number === null ? undefined : names.get(number);
    let fault: Fault | null = null;
    if (name === undefined || name !== className(row)) {
      const message = `its classID ${quoted(classId(row))} and class ${quoted(className(row))} do not belong together`;
      fault = { kind: 'unknown-label', message };
    } else if (wholeNumber(fold(row)) === null) {
      fault = foldFault(fold(row));
    }
    return {
      file: file(row) === '' ? '' : `audio/fold${fold(row)}/${file(row)}`,
      className: spaced(name ?? ''),
      fold: wholeNumber(fold(row)),
      source: source(row),
      credits: noCredits,
      fault,
    };
  });
  const classes = [...names].sort(([a], [b]) => a - b).map(([, name]) => spaced(name));
  return { classes, entries, outside: [], listedUnder: 'audio' };
}

const spaced = (name: string) => name.replaceAll('_', ' ');
