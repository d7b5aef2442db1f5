/** Opens the lab's DuckDB file and brings it to the current schema. One process holds it at a time. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { CurlewError } from '../contract/error.ts';
import { migrations } from './migrations.ts';

export interface Store {
  readonly path: string;
  readonly connection: DuckDBConnection;
  /**
   * Runs statements one after another, never interleaved with another caller's; all of them durable when it
   * resolves, or none.
   */
  transaction<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * @param path of the database file; its folder must exist
 * @throws CurlewError STORE_LOCKED, STORE_TOO_NEW, STORE_FAILED
 */
export async function openStore(path: string): Promise<Store> {
  const { instance, connection } = await connect(path);
  try {
    await migrate(connection, path);
  } catch (thrown) {
    connection.closeSync();
    instance.closeSync();
    throw thrown;
  }
  let turn: Promise<unknown> = Promise.resolve();
  return {
    path,
    connection,
    transaction(work) {
      const mine = turn.then(() => inTransaction(connection, work));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      await turn;
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function inTransaction<T>(
  connection: DuckDBConnection,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await work(connection);
    await connection.run('COMMIT');
    return result;
  } catch (thrown) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw failure(thrown);
  }
}

async function connect(path: string): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> {
  try {
    const instance = await DuckDBInstance.create(path);
    return { instance, connection: await instance.connect() };
  } catch (thrown) {
    const text = (thrown as Error).message;
    if (/lock/i.test(text)) {
      throw new CurlewError(
        'STORE_LOCKED',
        `Another Curlew has ${path} open. Use that one, or close it and try again.`,
        { path },
        { cause: thrown },
      );
    }
    throw new CurlewError(
      'STORE_FAILED',
      `The lab's store ${path} cannot be opened: ${text}`,
      { path },
      { cause: thrown },
    );
  }
}

async function migrate(connection: DuckDBConnection, path: string): Promise<void> {
  await connection.run(
    'CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL, applied_ms DOUBLE NOT NULL)',
  );
  const rows = await connection.runAndReadAll(
    'SELECT coalesce(max(version), 0) AS version FROM schema_version',
  );
  const current = Number(rows.getRowObjectsJS()[0]?.['version']);
  if (current > migrations.length) {
    throw new CurlewError(
      'STORE_TOO_NEW',
      `The store ${path} was written by a newer Curlew (schema ${current}, this one knows ${migrations.length}). ` +
        `Update this program, or give it another data folder.`,
      { path, current, known: migrations.length },
    );
  }
  for (const [index, sql] of migrations.entries()) {
    const version = index + 1;
    if (version <= current) continue;
    await inTransaction(connection, async () => {
      await connection.run(sql);
      await connection.run('INSERT INTO schema_version VALUES ($1, $2)', [version, Date.now()]);
    });
  }
}

/** Anything DuckDB throws, as STORE_FAILED; our own errors pass through. */
export function failure(thrown: unknown): CurlewError {
  if (thrown instanceof CurlewError) return thrown;
  return new CurlewError(
    'STORE_FAILED',
    `The lab's store failed: ${(thrown as Error).message}`,
    {},
    { cause: thrown },
  );
}
