/** A CSV that names recordings and their labels, and perhaps folds and sources. */
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { creditColumns, foldFault, wholeNumber, type Entry, type Fault, type Listing } from './listing.ts';
import { columnNames, readTable, requireColumn } from './table.ts';

/**
 * The one table at the top of a folder that has a column of files and one of labels.
 * @param names every file under the folder, relative to it
 * @returns its name, or null if there is none
 * @throws CurlewError REQUEST_INVALID if there are several and none is called labels.csv
 */
export async function findLabelTable(folder: string, names: readonly string[]): Promise<string | null> {
  const found: string[] = [];
  for (const name of names) {
    if (name.includes('/') || name.startsWith('.') || !/\.csv$/i.test(name)) continue;
    try {
      const table = await readTable(join(folder, name));
      if (table.column(...columnNames.file) && table.column(...columnNames.label)) found.push(name);
    } catch (thrown) {
      // A file that is no table may lie beside the recordings; one that is meant can be named.
      if (!(thrown instanceof CurlewError)) throw thrown;
    }
  }
  const labels = found.find((name) => name.toLowerCase() === 'labels.csv');
  if (found.length < 2 || labels !== undefined) return labels ?? found[0] ?? null;
  throw new CurlewError(
    'REQUEST_INVALID',
    `${folder} has several tables of labels (${found.join(', ')}); name the one that is meant.`,
    { folder, tables: found },
  );
}

/**
 * Columns are found by name (table.ts). Files are told relative to the table's folder, or absolute within it.
 * Classes are in alphabetical order.
 * @throws CurlewError as readTable; FILE_DAMAGED if there is no column of files or none of labels
 */
export async function readLabelTable(folder: string, name: string): Promise<Listing> {
  const table = await readTable(join(folder, name));
  const file = requireColumn(table, ...columnNames.file);
  const label = requireColumn(table, ...columnNames.label);
  const fold = table.column(...columnNames.fold);
  const source = table.column(...columnNames.source) ?? (() => '');
  const credits = creditColumns(table);
  const entries = table.rows.map((row): Entry => {
    const path = file(row) === '' ? '' : withinFolder(folder, file(row));
    let fault: Fault | null = null;
    if (path === null) {
      fault = { kind: 'outside-folder', message: `it lies outside ${folder}` };
    } else if (label(row) === '') {
      fault = { kind: 'unknown-label', message: 'its label is empty' };
    } else if (fold && wholeNumber(fold(row)) === null) {
      fault = foldFault(fold(row));
    }
    return {
      file: path ?? file(row),
      className: label(row).replaceAll('_', ' '),
      fold: fold ? wholeNumber(fold(row)) : null,
      source: source(row),
      credits: credits(row),
      fault,
    };
  });
  const classes = [...new Set(entries.map(({ className }) => className))].filter((one) => one !== '').sort();
  return { classes, entries, outside: [], listedUnder: '' };
}

/** @returns the path relative to the folder, or null if it leads out of it */
function withinFolder(folder: string, path: string): string | null {
  const own = isAbsolute(path) ? relative(folder, path).split(sep).join('/') : path.replaceAll('\\', '/');
  const normal = posix.normalize(own);
  return normal === '..' || normal.startsWith('../') || posix.isAbsolute(normal) ? null : normal;
}
