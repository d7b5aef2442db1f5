/** Telemetry records: appended in batches, read back by board, with the gaps that the sequence numbers show. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Source, TelemetryRecord, TelemetrySummary } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface TelemetryStore {
  /** Durable when it resolves. Records at or below the board's cursor are already there and are left out. */
  append(records: readonly TelemetryRecord[]): Promise<void>;
  /** Last sequence number stored of this boot of the board; 0 for none. */
  cursor(boardId: string, bootId: number): Promise<number>;
  /** The latest time of a record of this boot; null for none. */
  lastTime(boardId: string, bootId: number): Promise<number | null>;
  /** The newest `limit`, oldest first; with `before` the newest before that record, none where it is not kept. */
  records(boardId: string, limit: number, before?: RecordKey): Promise<TelemetryRecord[]>;
  /**
   * The oldest `limit` of the rows `from` on, oldest first.
   * @param from a row of the store, 0 for the first; rows are never taken away
   * @returns with the row to go on from, null where there is none now
   */
  recordsFrom(
    boardId: string,
    from: number,
    limit: number,
  ): Promise<{ records: TelemetryRecord[]; next: number | null }>;
  summary(boardId: string): Promise<TelemetrySummary>;
}

/** Names a record of a board. */
export type RecordKey = Pick<TelemetryRecord, 'bootId' | 'sequence'>;

const columns = `board_id AS "boardId", boot_id AS "bootId", sequence, received_ms AS "receivedMs",
  at_ms AS "atMs", error_ms AS "errorMs", uptime_ms AS "uptimeMs", inference_id AS "inferenceId", expert, class_index AS "classIndex",
  top_probability AS "topProbability", entropy, features_us AS "featuresUs", encoder_us AS "encoderUs",
  router_us AS "routerUs", expert_us AS "expertUs", latency_source AS "latencySource",
  energy_nanojoule AS "energyNanojoule", energy_source AS "energySource",
  supply_millivolts AS "supplyMillivolts", temperature_c AS "temperatureC", stack_bytes AS "stackBytes",
  curiosity, place`;

const latency = 'features_us::DOUBLE + encoder_us + router_us + expert_us';

export function telemetryStore(store: Store): TelemetryStore {
  const cursors = new Map<string, number>();
  // One batch at a time: what is fresh is judged by what the batch before has stored.
  let appending: Promise<void> = Promise.resolve();

  async function cursor(boardId: string, bootId: number): Promise<number> {
    const key = `${boardId}/${bootId}`;
    const known = cursors.get(key);
    if (known !== undefined) return known;
    const [row] = await read(
      'SELECT coalesce(max(sequence), 0)::DOUBLE AS last FROM telemetry WHERE board_id = $1 AND boot_id = $2',
      [boardId, bootId],
    );
    const last = (row?.['last'] as number | undefined) ?? 0;
    cursors.set(key, last);
    return last;
  }

  async function read(sql: string, values: (string | number)[]): Promise<Record<string, unknown>[]> {
    return store.transaction(async (connection) =>
      (await connection.runAndReadAll(sql, values)).getRowObjectsJS(),
    );
  }

  async function appendFresh(records: readonly TelemetryRecord[]): Promise<void> {
    const fresh: TelemetryRecord[] = [];
    const ends = new Map<string, number>();
    for (const record of records) {
      const key = `${record.boardId}/${record.bootId}`;
      const last = ends.get(key) ?? (await cursor(record.boardId, record.bootId));
      if (record.sequence <= last) continue;
      fresh.push(record);
      ends.set(key, record.sequence);
    }
    if (fresh.length === 0) return;
    await store.transaction((connection) => appendAll(connection, fresh));
    // Only now: a failed append must be asked for again.
    for (const [key, last] of ends) cursors.set(key, last);
  }

  return {
    cursor,

    async lastTime(boardId, bootId) {
      const [row] = await read(
        'SELECT max(at_ms) AS last FROM telemetry WHERE board_id = $1 AND boot_id = $2',
        [boardId, bootId],
      );
      return row?.['last'] as number | null;
    },

    append(records) {
      const mine = appending.then(() => appendFresh(records));
      appending = mine.catch(() => undefined);
      return mine;
    },

    async records(boardId, limit, before) {
      const older =
        'AND rowid < (SELECT rowid FROM telemetry WHERE board_id = $1 AND boot_id = $3 AND sequence = $4)';
      const rows = await read(
        `SELECT ${columns} FROM telemetry WHERE board_id = $1 ${before ? older : ''} ORDER BY rowid DESC LIMIT $2`,
        before ? [boardId, limit, before.bootId, before.sequence] : [boardId, limit],
      );
      return rows.reverse() as unknown as TelemetryRecord[];
    },

    async recordsFrom(boardId, from, limit) {
      const rows = await read(
        `SELECT ${columns}, rowid::DOUBLE AS row FROM telemetry WHERE board_id = $1 AND rowid >= $2
         ORDER BY rowid LIMIT $3`,
        [boardId, from, limit],
      );
      const last = rows.at(-1)?.['row'] as number | undefined;
      const records = rows.map(({ row: _row, ...record }) => record as unknown as TelemetryRecord);
      return { records, next: last === undefined || rows.length < limit ? null : last + 1 };
    },

    async summary(boardId) {
      const [totals] = await read(
        `SELECT count(*)::DOUBLE AS records,
           quantile_cont(${latency}, [0.5, 0.95, 0.99]) FILTER (latency_source <> 'none') AS latency,
           avg(energy_nanojoule) FILTER (energy_source <> 'none') AS mean,
           sum(energy_nanojoule) FILTER (energy_source <> 'none')::DOUBLE AS total,
           coalesce(last(latency_source ORDER BY rowid), 'none') AS "latencySource",
           coalesce(last(energy_source ORDER BY rowid), 'none') AS "energySource"
         FROM telemetry WHERE board_id = $1`,
        [boardId],
      );
      const gaps = await read(
        `SELECT "bootId", "afterSequence", missing FROM (
           SELECT boot_id AS "bootId",
             coalesce(lag(sequence) OVER boot, 0)::DOUBLE AS "afterSequence",
             sequence::DOUBLE - 1 - coalesce(lag(sequence) OVER boot, 0) AS missing,
             min(received_ms) OVER (PARTITION BY boot_id) AS began
           FROM telemetry WHERE board_id = $1 WINDOW boot AS (PARTITION BY boot_id ORDER BY sequence))
         WHERE missing > 0 ORDER BY began, "afterSequence"`,
        [boardId],
      );
      const quantiles = (totals?.['latency'] as { items?: number[] } | number[] | null) ?? null;
      const [p50, p95, p99] = Array.isArray(quantiles) ? quantiles : (quantiles?.items ?? []);
      const mean = totals?.['mean'] as number | null;
      return {
        boardId,
        records: totals?.['records'] as number,
        missing: gaps.reduce((sum, gap) => sum + (gap['missing'] as number), 0),
        gaps: gaps as unknown as TelemetrySummary['gaps'],
        latencyUs: p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 },
        latencySource: totals?.['latencySource'] as Source,
        energyNanojoule: mean === null ? null : { mean, total: totals?.['total'] as number },
        energySource: totals?.['energySource'] as Source,
      };
    },
  };
}

async function appendAll(connection: DuckDBConnection, records: readonly TelemetryRecord[]): Promise<void> {
  const appender = await connection.createAppender('telemetry');
  for (const record of records) {
    appender.appendVarchar(record.boardId);
    appender.appendUInteger(record.bootId);
    appender.appendUInteger(record.sequence);
    appender.appendDouble(record.receivedMs);
    appender.appendDouble(record.uptimeMs);
    appender.appendUInteger(record.inferenceId);
    appender.appendVarchar(record.expert);
    appender.appendSmallInt(record.classIndex);
    appender.appendFloat(record.topProbability);
    appender.appendFloat(record.entropy);
    appender.appendUInteger(record.featuresUs);
    appender.appendUInteger(record.encoderUs);
    appender.appendUInteger(record.routerUs);
    appender.appendUInteger(record.expertUs);
    appender.appendVarchar(record.latencySource);
    appender.appendUInteger(record.energyNanojoule);
    appender.appendVarchar(record.energySource);
    if (record.supplyMillivolts === null) appender.appendNull();
    else appender.appendUSmallInt(record.supplyMillivolts);
    if (record.temperatureC === null) appender.appendNull();
    else appender.appendFloat(record.temperatureC);
    if (record.stackBytes === null) appender.appendNull();
    else appender.appendUInteger(record.stackBytes);
    appender.appendFloat(record.curiosity);
    appender.appendUTinyInt(record.place);
    appender.appendDouble(record.atMs);
    if (record.errorMs === null) appender.appendNull();
    else appender.appendDouble(record.errorMs);
    appender.endRow();
  }
  appender.closeSync();
}
