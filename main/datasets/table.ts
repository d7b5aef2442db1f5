/** A table with named columns, from a file. */
import { CurlewError } from '../contract/error.ts';
import { readWhole } from '../regular-file.ts';
import { parseCsv } from './csv.ts';

export interface Table {
  readonly path: string;
  /** below the header, as many as the file has */
  readonly rows: readonly (readonly string[])[];
  /** Reads the first column that has one of these names, in any case and with any of `_ -` left out; '' where a row is short. */
  column(...names: string[]): Column | null;
}

export type Column = (row: readonly string[]) => string;

/** What tables call their columns, the commonest first; names as `plain` leaves them. */
export const columnNames = {
  file: ['filename', 'file', 'path', 'filepath', 'slicefilename', 'audio', 'clip', 'recording'],
  label: ['label', 'category', 'class', 'classname', 'target', 'species'],
  fold: ['fold'],
  source: ['source', 'sourceid', 'src', 'srcfile', 'fsid', 'group'],
  title: ['title', 'sourcetitle'],
  author: ['author', 'sourceauthor'],
  url: ['url', 'sourceurl'],
  labelledBy: ['labelledbymodel'],
  licence: ['licence', 'license', 'sourcelicence', 'sourcelicense'],
} as const;

/** Some half a million rows. */
const mostTableBytes = 64e6;

/** @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE, or FILE_DAMAGED if it is no CSV in UTF-8 */
export async function readTable(path: string): Promise<Table> {
  return tableOf(path, await readWhole(path, mostTableBytes, 'a table of labels'));
}

/** @throws CurlewError FILE_DAMAGED */
export function tableOf(path: string, bytes: Uint8Array): Table {
  const damaged = (what: string, cause?: unknown) =>
    new CurlewError('FILE_DAMAGED', `${path} ${what}; save it as CSV in UTF-8.`, { path }, { cause });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw damaged('is not text in UTF-8', cause);
  }
  const parsed = parseCsv(text, separatorOf(text));
  if (!parsed) throw damaged('has a quoted field that is not closed');
  const [header = [], ...rows] = parsed;
  const names = header.map(plain);
  return {
    path,
    rows,
    column(...wanted) {
      const name = wanted.map(plain).find((one) => names.includes(one));
      if (name === undefined) return null;
      const index = names.indexOf(name);
      return (row) => row[index]?.trim() ?? '';
    },
  };
}

/** @throws CurlewError FILE_DAMAGED */
export function requireColumn(table: Table, ...names: string[]): Column {
  const column = table.column(...names);
  if (column) return column;
  throw new CurlewError('FILE_DAMAGED', `${table.path} has no column ${names.join(' or ')}.`, {
    path: table.path,
  });
}

const plain = (name: string) => name.trim().toLowerCase().replaceAll(/[ _-]/g, '');

/** Spreadsheets write semicolons where the comma is the decimal mark. */
function separatorOf(text: string): string {
  const header = text.trimStart().split(/[\r\n]/, 1)[0]!;
  return [',', ';', '\t'].find((separator) => header.includes(separator)) ?? ',';
}
