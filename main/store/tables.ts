/** All tables of the store, whatever the schema. */
import type { DuckDBConnection } from '@duckdb/node-api';

/** Of the database in use, in the order of their making; not that of the schema's versions. */
export async function tablesOf(connection: DuckDBConnection): Promise<string[]> {
  const rows = await connection.runAndReadAll(
    `SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()
       AND table_name <> 'schema_version' ORDER BY table_oid`,
  );
  return rows.getRowsJS().map(([name]) => name as string);
}

/** Reads every value once, so that damage shows. */
export async function readAll(connection: DuckDBConnection): Promise<void> {
  for (const table of await tablesOf(connection)) {
    await connection.run(`SELECT bit_xor(hash(t)) FROM ${table} t`);
  }
}

/**
 * How many rows each table has. Asked anew each time: a prepared count goes on answering what it was when it was
 * prepared, since DuckDB plans it as a constant.
 */
export async function countRows(
  connection: DuckDBConnection,
  tables: readonly string[],
): Promise<Record<string, number>> {
  const counts = tables.map((table) => `(SELECT count(*) FROM ${table})::DOUBLE AS ${table}`);
  const rows = await connection.runAndReadAll(`SELECT ${counts.join(', ')}`);
  return rows.getRowObjectsJS()[0] as Record<string, number>;
}
