/** A table of the store as one CSV or Parquet file, written by DuckDB itself, however many rows. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { CurlewError } from '../contract/error.ts';
import type { ExportFormat } from '../contract/types.ts';
import { messageOf } from './duckdb-errors.ts';
import { literal } from './files.ts';
import type { Store } from './open-store.ts';

export interface Column {
  /** In CSV, the unit in brackets behind it. */
  heading: string;
  /** In Parquet. */
  name: string;
  /** Null for what has none. */
  unit: string | null;
  sql: string;
  /** Words of a person's or a bank's, which a spreadsheet must not run as a formula. */
  isText?: true;
  /** Milliseconds since 1970 that are written as a time of day. */
  isTime?: true;
}

const asTime = (sql: string): string => `make_timestamp((${sql} * 1000)::BIGINT)`;
/** The time of day, for a table of text. */
export const timeText = (sql: string): string => `strftime(${asTime(sql)}, '%Y-%m-%dT%H:%M:%S.%gZ')`;

const csvCell = ({ sql, isText, isTime }: Column): string => {
  if (isTime) return timeText(sql);
  // As `guardedText` of models/report/csv.ts.
  return isText
    ? `CASE WHEN regexp_matches(${sql}, '^''*[=+\\-@\\t\\r]') THEN '''' || (${sql}) ELSE ${sql} END`
    : sql;
};
/** The unit in brackets behind the heading. */
export const titleOf = ({ heading, unit }: Column): string =>
  unit === null ? heading : `${heading} (${unit})`;
const named = (text: string): string => `"${text.replaceAll('"', '""')}"`;

export interface CopiedTable {
  columns: readonly Column[];
  /** What follows FROM, with WHERE and ORDER BY. */
  from: string;
  format: ExportFormat;
}

/**
 * Writes over `file`, which is there already; the store's writers are kept waiting by nothing of it.
 * @param file absolute
 * @returns how many rows
 * @throws CurlewError ABORTED once the signal aborts, FILE_UNWRITABLE, STORE_FAILED
 */
export function copyTable(
  store: Store,
  { columns, from, format }: CopiedTable,
  file: string,
  signal: AbortSignal,
): Promise<number> {
  const csv = format === 'csv';
  const cells = columns.map((column) =>
    csv
      ? `${csvCell(column)} AS ${named(titleOf(column))}`
      : `${column.isTime ? asTime(column.sql) : column.sql} AS ${named(column.name)}`,
  );
  const units = columns.flatMap(({ name, unit }) => (unit === null ? [] : [`${named(name)}: '${unit}'`]));
  const how = csv
    ? 'FORMAT csv, HEADER true'
    : `FORMAT parquet, COMPRESSION zstd${units.length > 0 ? `, KV_METADATA {${units.join(', ')}}` : ''}`;
  const sql = `COPY (SELECT ${cells.join(', ')} FROM ${from}) TO ${literal(file)} (${how}, USE_TMP_FILE false)`;
  return store.reading((connection) => interruptible(connection, sql, file, signal));
}

/** An interruption counts for what runs: asked for before that, it is asked for again. */
const interruptEveryMs = 50;

async function interruptible(
  connection: DuckDBConnection,
  sql: string,
  file: string,
  signal: AbortSignal,
): Promise<number> {
  let again: NodeJS.Timeout | null = null;
  const interrupt = (): void => {
    again ??= setInterval(() => connection.interrupt(), interruptEveryMs);
    connection.interrupt();
  };
  signal.addEventListener('abort', interrupt);
  try {
    if (signal.aborted) throw stopped();
    const result = await connection.runAndReadAll(sql);
    return Number(result.getRowsJS()[0]![0]);
  } catch (thrown) {
    if (signal.aborted) throw stopped();
    if (!messageOf(thrown).includes(file)) throw thrown;
    throw new CurlewError(
      'FILE_UNWRITABLE',
      `The export cannot be written: ${messageOf(thrown)}`,
      { file },
      { cause: thrown },
    );
  } finally {
    signal.removeEventListener('abort', interrupt);
    if (again) clearInterval(again);
  }
}

const stopped = (): CurlewError => new CurlewError('ABORTED', 'The export was stopped.');
