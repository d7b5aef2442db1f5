/**
 * Rolls records up, by minute and by hour. A roll takes every record that was appended since the last one, whenever the
 * board kept it, and adds rows: what several rows say of one board and hour is added up where it is read. Rows of hours
 * that have passed are joined now and then.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Store } from '../open-store.ts';
import { distributions, figures, hourMs, minuteMs, type Distribution } from './features.ts';

/** One of them alone is rolled into a row: where a figure comes from is never mixed. */
export const keys = 'board_id, at_ms, latency_source, energy_source';
const binKeys = 'board_id, at_ms, expert, distribution, bin';

const rolled = Object.entries(figures)
  .map(
    ([name, sql]) =>
      `count(${sql}) AS ${name}_count, sum(${sql}) AS ${name}_sum, min(${sql}) AS ${name}_min, max(${sql}) AS ${name}_max`,
  )
  .join(', ');
const joined = Object.keys(figures)
  .map((name) => `sum(${name}_count)::UBIGINT, sum(${name}_sum), min(${name}_min), max(${name}_max)`)
  .join(', ');

const startOf = (everyMs: number): string => `floor(at_ms / ${everyMs}) * ${everyMs}`;

/** Records as they are rolled up into stretches. @param from which records: SQL that follows FROM */
export const rows = (everyMs: number, from: string): string =>
  `SELECT board_id, ${startOf(everyMs)} AS at_ms, latency_source, energy_source, count(*) AS records, ${rolled}
   FROM ${from} GROUP BY ALL`;

/** Counts by stretch, expert and bin. @param from as of `rows` */
export const binRows = (names: readonly Distribution[], from: string): string =>
  names
    .map(
      (name) =>
        `SELECT board_id, ${startOf(distributions[name].everyMs)} AS at_ms, expert, '${name}' AS distribution,
           (${distributions[name].bin})::INTEGER AS bin, count(*) AS records
         FROM ${from} AND (${distributions[name].bin}) IS NOT NULL GROUP BY ALL`,
    )
    .join(' UNION ALL ');

/** Up to which append records are rolled up; no row before the first roll. */
export const rolledUpTo = '(SELECT coalesce(max(batch), 0) FROM telemetry_rolled)';
/** Records that no roll has taken yet. */
export const unrolled = `telemetry WHERE batch > ${rolledUpTo}`;

/** Durable when it resolves. */
export async function roll(store: Store): Promise<void> {
  await store.transaction(async (connection) => {
    const [row] = (
      await connection.runAndReadAll(`SELECT max(batch) AS batch FROM ${unrolled}`)
    ).getRowObjectsJS();
    const upTo = row?.['batch'] as number | null;
    if (upTo === null) return;
    await connection.run(`INSERT INTO telemetry_minutes ${rows(minuteMs, unrolled)}`);
    await connection.run(`INSERT INTO telemetry_hours ${rows(hourMs, unrolled)}`);
    const names = Object.keys(distributions) as Distribution[];
    await connection.run(`INSERT INTO telemetry_bins ${binRows(names, unrolled)}`);
    const { rowsChanged } = await connection.run('UPDATE telemetry_rolled SET batch = $1', [upTo]);
    if (rowsChanged === 0) await connection.run('INSERT INTO telemetry_rolled VALUES ($1)', [upTo]);
  });
}

/** Joins rows of one board and stretch. @param beforeMs stretches that had ended by then */
export async function join(store: Store, beforeMs: number): Promise<void> {
  await store.deletion(async (connection) => {
    const ended = beforeMs - hourMs;
    await joinRows(connection, 'telemetry_hours', keys, `sum(records)::UBIGINT, ${joined}`, ended);
    await joinRows(connection, 'telemetry_bins', binKeys, 'sum(records)::UBIGINT', ended);
  });
}

/** @param sums of all columns but the keys, in their order @param lastMs when the last stretch to be joined begins */
async function joinRows(
  connection: DuckDBConnection,
  table: string,
  by: string,
  sums: string,
  lastMs: number,
): Promise<void> {
  const split = `SELECT DISTINCT at_ms FROM ${table} WHERE at_ms <= ${lastMs} GROUP BY ${by} HAVING count(*) > 1`;
  await connection.run(`CREATE TEMP TABLE split AS ${split}`);
  await connection.run(
    `CREATE TEMP TABLE whole AS SELECT ${by}, ${sums} FROM ${table} WHERE at_ms IN (FROM split) GROUP BY ${by}`,
  );
  await connection.run(`DELETE FROM ${table} WHERE at_ms IN (FROM split)`);
  await connection.run(`INSERT INTO ${table} FROM whole`);
  await connection.run('DROP TABLE split');
  await connection.run('DROP TABLE whole');
}
