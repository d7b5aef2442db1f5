/** What tests ask of the Parquet files of an evaluation. */
import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of a query whose files lie in a folder. */
export async function rowsIn(folder: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`SET file_search_path = '${folder}'`);
    return (await connection.runAndReadAll(sql)).getRowObjectsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
