/** Saves what can be read of a damaged store into a new one, which takes its place; the damaged one is set aside. */
import { dateForName } from '../contract/figures.ts';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { CurlewError } from '../contract/error.ts';
import { isDamage, isHeld, storeError } from './duckdb-errors.ts';
import { exchange, madePath } from './exchange.ts';
import { freeName, literal, removeDatabase } from './files.ts';
import { lossText, type TableCount } from './losses.ts';
import { migrations } from './migrations.ts';
import { storeTooNew } from './schema.ts';
import { tablesOf } from './tables.ts';
import { attachWorkingCopy } from './working-copy.ts';

/** DuckDB reads a column in vectors of this many rows: no finer does it tell sound rows from damaged ones. */
const vectorRows = 2048;

/**
 * The store must not be open in this process.
 * @param reason what is wrong with it
 * @param rows acknowledged ones by table, as far as known
 * @returns what happened and what was lost, for a person
 * @throws CurlewError STORE_LOCKED where another process is at it, STORE_TOO_NEW, STORE_FAILED (no space, say): the
 *   damaged store then lies where it was
 */
export async function rescue(path: string, reason: string, rows: Record<string, number>): Promise<string> {
  const made = madePath(path);
  const copy = `${path}.reading`;
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await attachNew(connection, made);
    const { attached, mended } = await attachWorkingCopy(connection, path, copy);
    await buildSchema(connection, attached ? await versionOf(connection, path) : migrations.length);
    const counts: TableCount[] = [];
    for (const table of await tablesOf(connection)) {
      const { left, before } = attached ? await saveTable(connection, table) : { left: 0, before: 0 };
      counts.push({ table, left, before: Math.max(before, rows[table] ?? 0) });
    }
    // Closes the new store, its log written back.
    await connection.run('USE memory');
    await connection.run('DETACH made');
    const aside = await freeName(`${path}.damaged-${dateForName()}`);
    const how = mended.length > 0 ? ` (${mended.join('; ')})` : '';
    const saved = attached
      ? `what could be read of it is in a new one${how}`
      : 'nothing of it could be read, and a new one is begun';
    // Neither the store nor its account says how many rows there were.
    const unknown = !attached && Object.keys(rows).length === 0;
    const lost = unknown ? 'What it held is lost; how much that was is not known.' : lossText(counts);
    const note = `The lab's store was damaged (${reason}). It is set aside as ${aside}; ${saved}. ${lost}`;
    await exchange(path, { aside, note });
    return note;
  } catch (thrown) {
    throw storeError(thrown, path);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await removeDatabase(copy);
  }
}

/** Held by DuckDB's own lock from now on, so that no two processes rescue at once. */
async function attachNew(connection: DuckDBConnection, made: string): Promise<void> {
  const attach = `ATTACH ${literal(made)} AS made`;
  try {
    // One that an interrupted rescue left, or that another process is writing.
    await connection.run(attach);
    await connection.run('DETACH made');
  } catch (thrown) {
    if (isHeld(thrown)) {
      throw new CurlewError(
        'STORE_LOCKED',
        'Another Curlew is saving what can be read of a damaged store. Wait until it is done.',
        { made },
        { cause: thrown },
      );
    }
    if (!isDamage(thrown)) throw thrown;
  }
  await removeDatabase(made);
  await connection.run(attach);
  await connection.run('USE made');
}

/** As it was at the damaged store's version: what is newer comes with the usual migration. */
async function buildSchema(connection: DuckDBConnection, version: number): Promise<void> {
  await connection.run('CREATE TABLE schema_version (version INTEGER NOT NULL, applied_ms DOUBLE NOT NULL)');
  for (const [index, sql] of migrations.slice(0, version).entries()) {
    await connection.run(sql);
    await connection.run('INSERT INTO schema_version VALUES ($1, $2)', [index + 1, Date.now()]);
  }
}

async function versionOf(connection: DuckDBConnection, path: string): Promise<number> {
  const known = await connection.runAndReadAll(
    "SELECT 1 FROM duckdb_tables() WHERE database_name = 'old' AND table_name = 'schema_version'",
  );
  const version = await unlessDamaged(async () => {
    if (known.currentRowCount === 0) return null;
    const rows = await connection.runAndReadAll('SELECT max(version) FROM old.schema_version');
    return rows.getRowsJS()[0]?.[0] as number | null;
  });
  if (version === null) return migrations.length;
  if (version > migrations.length) throw storeTooNew(path, version);
  return version;
}

async function saveTable(
  connection: DuckDBConnection,
  table: string,
): Promise<{ left: number; before: number }> {
  const shared = await connection.runAndReadAll(
    `SELECT column_name FROM duckdb_columns() WHERE table_name = $1 AND database_name IN ('old', 'made')
     GROUP BY column_name HAVING count(*) = 2`,
    [table],
  );
  const columns = shared.getRowsJS().map(([name]) => name as string);
  if (columns.length === 0) return { left: 0, before: 0 };
  const sizes = await connection.runAndReadAll(
    `SELECT estimated_size::DOUBLE FROM duckdb_tables() WHERE database_name = 'old' AND table_name = $1`,
    [table],
  );
  // Row ids run up to here, those of deleted rows among them.
  const ids = sizes.getRowsJS()[0]?.[0] as number;
  const unread = await saveRange(connection, table, columns.join(', '), 0, ids);
  const left = (await countOf(connection, `made.${table}`)) ?? 0;
  return { left, before: (await countOf(connection, `old.${table}`)) ?? left + unread };
}

/** Rows of these ids; a range that cannot be read is halved. @returns how many ids could not be read */
async function saveRange(
  connection: DuckDBConnection,
  table: string,
  columns: string,
  from: number,
  to: number,
): Promise<number> {
  const done = await unlessDamaged(() =>
    connection.run(
      `INSERT INTO made.${table} (${columns})
       SELECT ${columns} FROM old.${table} WHERE rowid >= $1 AND rowid < $2`,
      [from, to],
    ),
  );
  if (done !== null) return 0;
  if (to - from <= vectorRows) return to - from;
  const middle = from + Math.ceil((to - from) / 2 / vectorRows) * vectorRows;
  return (
    (await saveRange(connection, table, columns, from, middle)) +
    (await saveRange(connection, table, columns, middle, to))
  );
}

const countOf = (connection: DuckDBConnection, table: string): Promise<number | null> =>
  unlessDamaged(async () => {
    const rows = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${table}`);
    return rows.getRowsJS()[0]?.[0] as number;
  });

async function unlessDamaged<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (thrown) {
    if (isDamage(thrown)) return null;
    throw thrown;
  }
}
