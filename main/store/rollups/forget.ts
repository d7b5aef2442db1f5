import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../files.ts';
import { distributions, hourMs, minuteMs, type Distribution } from './features.ts';
import { binRows, rolledUpTo, rows } from './roll.ts';

interface Level {
  table: string;
  /** Which of the table's rows, SQL. */
  of: string;
  everyMs: number;
  /** @param from records: SQL that follows FROM */
  rows(from: string): string;
}

const figuresBy = (table: string, everyMs: number): Level => ({
  ...{ table, of: 'true', everyMs },
  rows: (from) => rows(everyMs, from),
});
const countsOf = (name: Distribution): Level => ({
  ...{ table: 'telemetry_bins', of: `distribution = '${name}'`, everyMs: distributions[name].everyMs },
  rows: (from) => binRows([name], from),
});
const rolled: readonly Level[] = [
  ...[figuresBy('telemetry_minutes', minuteMs), figuresBy('telemetry_hours', hourMs)],
  ...(Object.keys(distributions) as Distribution[]).map(countsOf),
];

/**
 * Deletes the roll-ups of a board that are of times before. A stretch that the time lies in is made anew from the records
 * that stay, unless none of its records went: then it may tell of some that were kept no longer, and stays as it is.
 * @param lastMs of the records that went, the latest time; null where none did
 */
export async function forgetRolled(
  connection: DuckDBConnection,
  boardId: string,
  beforeMs: number,
  lastMs: number | null,
): Promise<void> {
  for (const { table, of, everyMs, rows } of rolled) {
    const startOf = (ms: number): number => Math.floor(ms / everyMs) * everyMs;
    const cutMs = startOf(beforeMs);
    const isCut = lastMs !== null && lastMs >= cutMs;
    const endMs = isCut ? startOf(lastMs) + everyMs : cutMs;
    await connection.run(`DELETE FROM ${table} WHERE board_id = $1 AND ${of} AND at_ms < $2`, [
      boardId,
      endMs,
    ]);
    if (!isCut) continue;
    const stays = `telemetry WHERE board_id = ${literal(boardId)} AND at_ms >= ${cutMs} AND at_ms < ${endMs}
      AND batch <= ${rolledUpTo}`;
    await connection.run(`INSERT INTO ${table} ${rows(stays)}`);
  }
}
