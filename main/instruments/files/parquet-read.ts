/** Parquet as this program writes it (parquet-write.ts), read by DuckDB, which reads all there is of it. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { CurlewError } from '../../contract/error.ts';
import { messageOf } from '../../store/duckdb-errors.ts';
import { literal } from '../../store/files.ts';
import { gap, unknownRange } from '../totals.ts';
import type { ReadFile } from './file-work.ts';

export const readParquet: ReadFile = async (path, writer, share) => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const about = await aboutOf(connection, path);
    const rows = Number((await one(connection, `SELECT count(*) FROM ${table(path)}`))[0]);
    const result = await connection.stream(
      `SELECT current_a::DOUBLE, inputs::INTEGER, "range"::INTEGER FROM ${table(path)}`,
    );
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const [currents, inputs, ranges] = [0, 1, 2].map((column) => chunk!.getColumnValues(column)) as [
        (number | null)[],
        (number | null)[],
        (number | null)[],
      ];
      for (let at = 0; at < chunk.rowCount; at++) {
        const [current, range] = [currents[at] ?? NaN, ranges[at] ?? unknownRange];
        if (Number.isNaN(current)) writer.sample(NaN, 0, gap);
        else
          writer.sample(current, inputs[at] ?? 0, range >= 0 && range < unknownRange ? range : unknownRange);
      }
      share(writer.samples / Math.max(1, rows));
    }
    return about;
  } catch (thrown) {
    if (thrown instanceof CurlewError) throw thrown;
    throw new CurlewError(
      'FILE_UNSUPPORTED',
      `${path} cannot be read as a capture: ${messageOf(thrown)}`,
      { path },
      { cause: thrown },
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

const table = (path: string): string => `read_parquet(${literal(path)})`;

async function one(connection: DuckDBConnection, sql: string): Promise<unknown[]> {
  return (await connection.runAndReadAll(sql)).getRowsJS()[0] ?? [];
}

async function aboutOf(connection: DuckDBConnection, path: string) {
  const sql = `SELECT decode(key), decode(value) FROM parquet_kv_metadata(${literal(path)})`;
  const pairs = (await connection.runAndReadAll(sql)).getRowsJS() as [string, string][];
  const values = new Map(pairs);
  const number = (key: string): number | null => {
    const value = Number(values.get(key));
    return values.has(key) && Number.isFinite(value) ? value : null;
  };
  return {
    samplesPerSecond: number('samples_per_second') ?? 100_000,
    ...{ startedMs: number('started_ms'), millivolts: number('millivolts') },
    ...(values.has('name') && { name: values.get('name')! }),
  };
}
