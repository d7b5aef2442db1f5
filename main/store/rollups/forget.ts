import type { DuckDBConnection } from '@duckdb/node-api';
import { dayMs, hourMs, minuteMs } from './features.ts';

/** Deletes the roll-ups of a board that are of nothing but times before. */
export async function forgetRolled(
  connection: DuckDBConnection,
  boardId: string,
  beforeMs: number,
): Promise<void> {
  const stretches = { telemetry_minutes: minuteMs, telemetry_hours: hourMs, telemetry_bins: dayMs };
  for (const [table, lengthMs] of Object.entries(stretches)) {
    await connection.run(`DELETE FROM ${table} WHERE board_id = $1 AND at_ms <= $2`, [
      boardId,
      beforeMs - lengthMs,
    ]);
  }
}
