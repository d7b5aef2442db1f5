/** Telemetry records: appended in batches, read back by board, with the gaps that the sequence numbers show. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type {
  RecordKey,
  Source,
  TelemetryHeld,
  TelemetryRecord,
  TelemetrySummary,
} from '../contract/types.ts';
import type { Store } from './open-store.ts';
import {
  appendBreaks,
  breaksBefore,
  breaksOf,
  forgetBreaks,
  type Break,
  type BreakRow,
  type End,
} from './telemetry-breaks.ts';
import { forgetRolled } from './rollups/forget.ts';
import { rolledUpTo } from './rollups/roll.ts';

export interface TelemetryStore {
  /** Durable when it resolves. Records at or below the board's cursor are already there and are left out. */
  append(records: readonly TelemetryRecord[]): Promise<void>;
  /** Last sequence number stored of this boot of the board, deleted since or not; 0 for none. */
  cursor(boardId: string, bootId: number): Promise<number>;
  /** The latest time of a record of this boot; null for none. */
  lastTime(boardId: string, bootId: number): Promise<number | null>;
  /** The newest `limit`, oldest first; with `before` the newest before that record, none where it is not kept. */
  records(boardId: string, limit: number, before?: RecordKey): Promise<TelemetryRecord[]>;
  summary(boardId: string): Promise<TelemetrySummary>;
  /** What is kept of a board, or of its records from before a time. */
  holds(boardId: string, beforeMs?: number): Promise<TelemetryHeld>;
  /**
   * Deletes a board's records, or those from before a time. The board is not asked for them again, and they are no gap.
   * @returns how many
   */
  delete(boardId: string, beforeMs?: number): Promise<number>;
  /** Deletes them all as if the board had never been met. */
  forget(boardId: string): Promise<void>;
}

const columns = `board_id AS "boardId", boot_id AS "bootId", sequence, received_ms AS "receivedMs",
  at_ms AS "atMs", error_ms AS "errorMs", uptime_ms AS "uptimeMs", inference_id AS "inferenceId", expert, class_index AS "classIndex",
  top_probability AS "topProbability", entropy, features_us AS "featuresUs", encoder_us AS "encoderUs",
  router_us AS "routerUs", expert_us AS "expertUs", latency_source AS "latencySource",
  energy_nanojoule AS "energyNanojoule", energy_source AS "energySource",
  supply_millivolts AS "supplyMillivolts", temperature_c AS "temperatureC", stack_bytes AS "stackBytes",
  curiosity, place, level_db AS "levelDb", noise_floor_db AS "noiseFloorDb", clipped_share AS "clippedShare",
  start_cause AS "startCause", free_flash_bytes AS "freeFlashBytes", wall_ms AS "wallMs", stages, score,
  skipped_windows AS "skippedWindows"`;

type EndRow = [
  ...[key: string, sequence: number, atMs: number | null],
  ...[setSequence: number | null, setAtMs: number | null, offsetMs: number | null],
];

interface Waiting {
  records: readonly TelemetryRecord[];
  resolve(): void;
  reject(thrown: unknown): void;
}

const keyOf = (boardId: string, bootId: number | ''): string => `${boardId}/${bootId}`;

const latency = 'features_us::DOUBLE + encoder_us + router_us + expert_us';

export function telemetryStore(store: Store): TelemetryStore {
  /** How far each start of each board is stored, once asked for. */
  let ends: Promise<Map<string, End>> | null = null;
  // One batch, or deletion, at a time: what is fresh is judged by what the batch before has stored.
  let turn: Promise<unknown> = Promise.resolve();
  /** Number of the last append; those that a roll-up has taken count, too, whose records are deleted. */
  let lastBatch: number | null = null;
  /** What waits to be appended, together: a transaction a board would cost more than its records. */
  const waiting: Waiting[] = [];

  async function endOf(boardId: string, bootId: number): Promise<End> {
    ends ??= readEnds().catch((thrown: unknown) => {
      ends = null;
      throw thrown;
    });
    return (await ends).get(keyOf(boardId, bootId)) ?? { sequence: 0, atMs: null, set: null };
  }

  /** All at once: a question a board would read all records as often as there are boards. */
  async function readEnds(): Promise<Map<string, End>> {
    const rows = await store.reading(async (connection) =>
      (
        await connection.runAndReadAll(
          `SELECT board_id || '/' || boot_id AS key, max(sequence)::DOUBLE AS sequence, max(at_ms) AS "atMs",
             (max(sequence) FILTER (wall_ms IS NOT NULL))::DOUBLE AS "setSequence",
             arg_max(at_ms, sequence) FILTER (wall_ms IS NOT NULL) AS "setAtMs",
             arg_max(wall_ms - uptime_ms, sequence) FILTER (wall_ms IS NOT NULL) AS "offsetMs"
           FROM (
             SELECT board_id, boot_id, sequence, at_ms, wall_ms, uptime_ms FROM telemetry
             UNION ALL SELECT board_id, boot_id, sequence, NULL, NULL, NULL FROM deleted_telemetry)
           GROUP BY board_id, boot_id`,
        )
      ).getRowsJS(),
    );
    return new Map(
      (rows as EndRow[]).map(([key, sequence, atMs, setSequence, setAtMs, offsetMs]) => [
        key,
        {
          sequence,
          atMs,
          set: setSequence === null ? null : { sequence: setSequence, atMs: setAtMs!, offsetMs: offsetMs! },
        },
      ]),
    );
  }

  async function readLastBatch(): Promise<number> {
    const [row] = await read(
      `SELECT greatest((SELECT max(batch) FROM telemetry), ${rolledUpTo})::DOUBLE AS last`,
      [],
    );
    return row?.['last'] as number;
  }

  async function read(sql: string, values: (string | number)[]): Promise<Record<string, unknown>[]> {
    return store.transaction(async (connection) =>
      (await connection.runAndReadAll(sql, values)).getRowObjectsJS(),
    );
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function appendFresh(records: readonly TelemetryRecord[]): Promise<void> {
    const fresh: TelemetryRecord[] = [];
    const breaks: Break[] = [];
    const moved = new Map<string, End>();
    for (const record of records) {
      const { boardId, bootId, sequence, atMs, wallMs, uptimeMs } = record;
      const key = keyOf(boardId, bootId);
      const end = moved.get(key) ?? (await endOf(boardId, bootId));
      if (sequence <= end.sequence) continue;
      fresh.push(record);
      breaks.push(...breaksBefore(record, end));
      const set = wallMs === null ? end.set : { sequence, atMs, offsetMs: wallMs - uptimeMs };
      moved.set(key, { sequence, atMs: Math.max(atMs, end.atMs ?? -Infinity), set });
    }
    if (fresh.length === 0) return;
    lastBatch ??= await readLastBatch();
    const batch = lastBatch + 1;
    await store.transaction(async (connection) => {
      await appendAll(connection, fresh, batch);
      await appendBreaks(connection, breaks);
    });
    // Only now: a failed append must be asked for again.
    const known = await ends;
    for (const [key, end] of moved) known?.set(key, end);
    lastBatch = batch;
  }

  async function appendWaiting(): Promise<void> {
    const together = waiting.splice(0);
    try {
      await appendFresh(together.flatMap(({ records }) => records));
      // What each then does is a piece of work of its own.
      for (const { resolve } of together) await nextTurn().then(resolve);
    } catch (thrown) {
      // One board's records that cannot be kept are no reason to refuse those of the others.
      for (const { records, resolve, reject } of together) {
        if (together.length === 1) reject(thrown);
        else await appendFresh(records).then(resolve, reject);
      }
    }
  }

  return {
    cursor: async (boardId, bootId) => (await endOf(boardId, bootId)).sequence,
    lastTime: async (boardId, bootId) => (await endOf(boardId, bootId)).atMs,

    append: (records) =>
      new Promise((resolve, reject) => {
        waiting.push({ records, resolve, reject });
        if (waiting.length === 1) void inTurn(appendWaiting);
      }),

    async records(boardId, limit, before) {
      const older =
        'AND rowid < (SELECT rowid FROM telemetry WHERE board_id = $1 AND boot_id = $3 AND sequence = $4)';
      const rows = await read(
        `SELECT ${columns} FROM telemetry WHERE board_id = $1 ${before ? older : ''} ORDER BY rowid DESC LIMIT $2`,
        before ? [boardId, limit, before.bootId, before.sequence] : [boardId, limit],
      );
      return rows.reverse() as unknown as TelemetryRecord[];
    },

    async holds(boardId, beforeMs = Infinity) {
      const [row] = await read(
        `SELECT count(*)::DOUBLE AS records, min(at_ms) AS "firstMs", max(at_ms) AS "lastMs" FROM telemetry
         WHERE board_id = $1 AND at_ms < $2`,
        [boardId, beforeMs],
      );
      return row as unknown as TelemetryHeld;
    },

    delete: (boardId, beforeMs = Infinity) =>
      inTurn(() =>
        store.deletion(async (connection) => {
          // Up to a record of each start: what the board is asked for next follows it.
          await connection.run(
            `INSERT INTO deleted_telemetry SELECT board_id, boot_id, max(sequence) FROM telemetry
               WHERE board_id = $1 AND at_ms < $2 GROUP BY board_id, boot_id
             ON CONFLICT DO UPDATE SET sequence = greatest(sequence, excluded.sequence)`,
            [boardId, beforeMs],
          );
          const going = `deleted_telemetry d WHERE telemetry.board_id = $1 AND d.board_id = $1
               AND d.boot_id = telemetry.boot_id AND telemetry.sequence <= d.sequence`;
          const [last] = (
            await connection.runAndReadAll(`SELECT max(at_ms) AS ms FROM telemetry, ${going}`, [boardId])
          ).getRowObjectsJS() as [{ ms: number | null }];
          const { rowsChanged } = await connection.run(`DELETE FROM telemetry USING ${going}`, [boardId]);
          await forgetBreaks(connection, boardId);
          await forgetRolled(connection, boardId, beforeMs, last.ms);
          return rowsChanged;
        }),
      ),

    forget: (boardId) =>
      inTurn(async () => {
        await store.deletion(async (connection) => {
          await connection.run('DELETE FROM telemetry WHERE board_id = $1', [boardId]);
          await connection.run('DELETE FROM deleted_telemetry WHERE board_id = $1', [boardId]);
          await connection.run('DELETE FROM telemetry_breaks WHERE board_id = $1', [boardId]);
          await forgetRolled(connection, boardId, Infinity, null);
        });
        const known = await ends;
        for (const key of known?.keys() ?? []) if (key.startsWith(keyOf(boardId, ''))) known?.delete(key);
      }),

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
      const broken = await read(
        `SELECT kind, boot_id AS "bootId", after_sequence AS "afterSequence", amount FROM telemetry_breaks
         WHERE board_id = $1 ORDER BY to_ms, after_sequence`,
        [boardId],
      );
      const [noted] = await read(
        `SELECT coalesce(sum(count) FILTER (kind = 'repeated'), 0)::DOUBLE AS repeated,
           -- Each is found again with every start of the lab.
           count(DISTINCT text) FILTER (kind = 'counted back')::DOUBLE AS "countedBack"
         FROM board_log WHERE board_id = $1`,
        [boardId],
      );
      const { gaps, clockSteps } = breaksOf(broken as unknown as BreakRow[]);
      const quantiles = (totals?.['latency'] as { items?: number[] } | number[] | null) ?? null;
      const [p50, p95, p99] = Array.isArray(quantiles) ? quantiles : (quantiles?.items ?? []);
      const mean = totals?.['mean'] as number | null;
      return {
        boardId,
        records: totals?.['records'] as number,
        missing: gaps.reduce((sum, { missing }) => sum + missing, 0),
        gaps,
        clockSteps,
        repeated: noted?.['repeated'] as number,
        countedBack: noted?.['countedBack'] as number,
        latencyUs: p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 },
        latencySource: totals?.['latencySource'] as Source,
        energyNanojoule: mean === null ? null : { mean, total: totals?.['total'] as number },
        energySource: totals?.['energySource'] as Source,
      };
    },
  };
}

/** Rows that are appended at a time, between turns of the event loop. */
const piece = 500;

async function appendAll(
  connection: DuckDBConnection,
  records: readonly TelemetryRecord[],
  batch: number,
): Promise<void> {
  const appender = await connection.createAppender('telemetry');
  for (let from = 0; from < records.length; from += piece) {
    if (from > 0) await nextTurn();
    for (const record of records.slice(from, from + piece)) appendRow(appender, record, batch);
    appender.flushSync();
  }
  appender.closeSync();
}

function appendRow(appender: DuckDBAppender, record: TelemetryRecord, batch: number): void {
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
  appender.appendUInteger(batch);
  for (const figure of [record.levelDb, record.noiseFloorDb, record.clippedShare]) {
    if (figure === null) appender.appendNull();
    else appender.appendDouble(figure);
  }
  if (record.startCause === null) appender.appendNull();
  else appender.appendVarchar(record.startCause);
  if (record.freeFlashBytes === null) appender.appendNull();
  else appender.appendUInteger(record.freeFlashBytes);
  if (record.wallMs === null) appender.appendNull();
  else appender.appendDouble(record.wallMs);
  if (record.stages === null) appender.appendNull();
  else appender.appendUTinyInt(record.stages);
  if (record.score === null) appender.appendNull();
  else appender.appendFloat(record.score);
  if (record.skippedWindows === null) appender.appendNull();
  else appender.appendUInteger(record.skippedWindows);
  appender.endRow();
}
