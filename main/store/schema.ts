/** Brings a store to the current schema; before it changes one that holds data, it backs it up. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { CurlewError } from '../contract/error.ts';
import { migrations } from './migrations.ts';
import { inTransaction } from './transaction.ts';

/**
 * @param backUp called once, before the first change of a store that is not new
 * @throws CurlewError STORE_TOO_NEW
 */
export async function migrate(
  connection: DuckDBConnection,
  path: string,
  backUp: (version: number) => Promise<void>,
): Promise<void> {
  await connection.run(
    'CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL, applied_ms DOUBLE NOT NULL)',
  );
  const current = await versionOf(connection);
  if (current > migrations.length) throw storeTooNew(path, current);
  if (current > 0 && current < migrations.length) await backUp(current);
  for (const [index, sql] of migrations.entries()) {
    const version = index + 1;
    if (version <= current) continue;
    await inTransaction(connection, async () => {
      await connection.run(sql);
      await connection.run('INSERT INTO schema_version VALUES ($1, $2)', [version, Date.now()]);
    });
  }
}

/** Of the database in use. @throws what DuckDB does where it is no store */
export async function versionOf(connection: DuckDBConnection): Promise<number> {
  const rows = await connection.runAndReadAll('SELECT coalesce(max(version), 0) FROM schema_version');
  return rows.getRowsJS()[0]?.[0] as number;
}

export const storeTooNew = (path: string, current: number): CurlewError =>
  new CurlewError(
    'STORE_TOO_NEW',
    `The store ${path} was written by a newer Curlew (schema ${current}, this one knows ${migrations.length}). ` +
      `Update this program, or give it another data folder.`,
    { path, current, known: migrations.length },
  );
