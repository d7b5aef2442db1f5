/**
 * Where a board's records break: records are missing between two, or its clock was set between them. Found as records are
 * appended, in the same transaction, and kept when the records are not any more: a year's timeline shows them.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TelemetryRecord, TelemetrySummary } from '../contract/types.ts';

/** How far a start of a board is stored, deleted since or not, and when its latest record was kept; null: none is left. */
export interface End {
  sequence: number;
  atMs: number | null;
  /** Of the last record that told the time of day: that time less the uptime is another only where the clock was set. */
  set: { sequence: number; atMs: number; offsetMs: number } | null;
}

export interface Break {
  boardId: string;
  bootId: number;
  kind: 'gap' | 'clock step';
  /** The last record before it; 0 for none of this start. */
  afterSequence: number;
  /** Records that are missing; milliseconds that the clock was set by, above 0 forward. */
  amount: number;
  /** When the record before was kept, where there is one, and the one after. */
  fromMs: number | null;
  toMs: number;
}

/** @param record stored next @param end of its start until then */
export function breaksBefore(record: TelemetryRecord, end: End): Break[] {
  const { boardId, bootId, sequence, atMs, wallMs, uptimeMs } = record;
  const at = { boardId, bootId, toMs: atMs };
  const found: Break[] = [];
  const missing = sequence - 1 - end.sequence;
  if (missing > 0)
    found.push({ ...at, kind: 'gap', afterSequence: end.sequence, amount: missing, fromMs: end.atMs });
  if (wallMs === null || end.set === null) return found;
  const stepMs = wallMs - uptimeMs - end.set.offsetMs;
  const { sequence: afterSequence, atMs: fromMs } = end.set;
  if (stepMs !== 0) found.push({ ...at, kind: 'clock step', afterSequence, amount: stepMs, fromMs });
  return found;
}

export async function appendBreaks(connection: DuckDBConnection, breaks: readonly Break[]): Promise<void> {
  if (breaks.length === 0) return;
  const appender = await connection.createAppender('telemetry_breaks');
  for (const { boardId, bootId, kind, afterSequence, amount, fromMs, toMs } of breaks) {
    appender.appendVarchar(boardId);
    appender.appendUInteger(bootId);
    appender.appendVarchar(kind);
    appender.appendUInteger(afterSequence);
    appender.appendDouble(amount);
    if (fromMs === null) appender.appendNull();
    else appender.appendDouble(fromMs);
    appender.appendDouble(toMs);
    appender.endRow();
  }
  appender.closeSync();
}

export interface BreakRow {
  kind: Break['kind'];
  bootId: number;
  afterSequence: number;
  amount: number;
}

/** As a summary tells them. @param rows in their order */
export function breaksOf(rows: readonly BreakRow[]): Pick<TelemetrySummary, 'gaps' | 'clockSteps'> {
  const of = (kind: Break['kind']): BreakRow[] => rows.filter((row) => row.kind === kind);
  return {
    gaps: of('gap').map(({ bootId, afterSequence, amount }) => ({ bootId, afterSequence, missing: amount })),
    clockSteps: of('clock step').map(({ bootId, afterSequence, amount }) => ({
      ...{ bootId, afterSequence },
      stepMs: amount,
    })),
  };
}

/** Those before the last record of each start that was deleted: the one after it is that of what stays. */
export async function forgetBreaks(connection: DuckDBConnection, boardId: string): Promise<void> {
  await connection.run(
    `DELETE FROM telemetry_breaks USING deleted_telemetry d WHERE telemetry_breaks.board_id = $1 AND d.board_id = $1
       AND d.boot_id = telemetry_breaks.boot_id AND telemetry_breaks.after_sequence < d.sequence`,
    [boardId],
  );
}
