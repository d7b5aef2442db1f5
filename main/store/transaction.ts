import type { DuckDBConnection } from '@duckdb/node-api';

/** All of the work or nothing; durable when it resolves. @throws what the work or DuckDB throws */
export async function inTransaction<T>(
  connection: DuckDBConnection,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await work(connection);
    await connection.run('COMMIT');
    return result;
  } catch (thrown) {
    // Where the commit itself failed there is nothing left to take back.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw thrown;
  }
}
