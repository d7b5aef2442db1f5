/** How long records and their roll-ups are kept, what that takes, and the deletion of what is older. */
import type { Retention, TelemetryLevel } from '../../fleet/contract/overview.ts';
import type { Store } from '../open-store.ts';
import { dayMs, minuteMs } from './features.ts';
import { rolledUpTo } from './roll.ts';

const tables: Record<TelemetryLevel['level'], string> = {
  records: 'telemetry',
  minutes: 'telemetry_minutes',
  hours: 'telemetry_hours',
  distributions: 'telemetry_bins',
};

/** What is kept, finest first. Bytes are those of the blocks that hold it, as far as it is written back. */
export async function levels(store: Store): Promise<TelemetryLevel[]> {
  return store.reading(async (connection) => {
    const [{ size }] = (
      await connection.runAndReadAll('SELECT block_size AS size FROM pragma_database_size()')
    ).getRowObjectsJS() as [{ size: bigint }];
    const told: TelemetryLevel[] = [];
    for (const [level, table] of Object.entries(tables)) {
      const read = await connection.runAndReadAll(
        `SELECT (SELECT count(*) FROM ${table})::DOUBLE AS rows, (SELECT min(at_ms) FROM ${table}) AS "firstMs",
           (SELECT count(DISTINCT block_id) FROM pragma_storage_info('${table}') WHERE block_id >= 0)::DOUBLE * ${size} AS bytes`,
      );
      told.push({ level, ...read.getRowObjectsJS()[0] } as unknown as TelemetryLevel);
    }
    return told;
  });
}

export async function retention(store: Store): Promise<Retention> {
  return store.reading(async (connection) => {
    const read = await connection.runAndReadAll(
      'SELECT record_days AS "recordDays", minute_days AS "minuteDays" FROM telemetry_retention',
    );
    const [kept] = read.getRowObjectsJS() as unknown as Retention[];
    return kept ?? { recordDays: null, minuteDays: null };
  });
}

export async function retain(store: Store, { recordDays, minuteDays }: Retention): Promise<void> {
  await store.transaction(async (connection) => {
    const values = [recordDays, minuteDays];
    const { rowsChanged } = await connection.run(
      'UPDATE telemetry_retention SET record_days = $1, minute_days = $2',
      values,
    );
    if (rowsChanged === 0) await connection.run('INSERT INTO telemetry_retention VALUES ($1, $2)', values);
  });
}

/**
 * Deletes what is to be kept no longer. A record goes only once it is rolled up, hours and distributions stay for good.
 * Boards are not asked for it again, and it is no gap.
 * @returns rows that went
 */
export async function prune(store: Store, nowMs: number): Promise<{ records: number; minutes: number }> {
  const { recordDays, minuteDays } = await retention(store);
  if (recordDays === null && minuteDays === null) return { records: 0, minutes: 0 };
  const before = (days: number | null): number => (days === null ? -1 : nowMs - days * dayMs);
  return store.deletion(async (connection) => {
    const old = `at_ms < ${before(recordDays)} AND batch <= ${rolledUpTo}`;
    await connection.run(
      `INSERT INTO deleted_telemetry SELECT board_id, boot_id, max(sequence) FROM telemetry WHERE ${old}
         GROUP BY board_id, boot_id
       ON CONFLICT DO UPDATE SET sequence = greatest(sequence, excluded.sequence)`,
    );
    const records = await connection.run(
      `DELETE FROM telemetry USING deleted_telemetry d
       WHERE telemetry.board_id = d.board_id AND telemetry.boot_id = d.boot_id AND telemetry.sequence <= d.sequence`,
    );
    const minutes = await connection.run(
      `DELETE FROM telemetry_minutes WHERE at_ms < ${before(minuteDays) - minuteMs}`,
    );
    return { records: records.rowsChanged, minutes: minutes.rowsChanged };
  });
}
