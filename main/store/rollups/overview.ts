/** What the boards of a fleet did in a stretch of time, a row a board; from roll-ups, and from what is not rolled up yet. */
import type { Store } from '../open-store.ts';
import type { BoardOverview } from '../../fleet/contract/overview.ts';
import { hourMs, latencyStep, minuteMs } from './features.ts';
import { binRows, rows, unrolled } from './roll.ts';

/** A stretch of no more than this is read minute by minute, milliseconds. */
const finestMs = 2 * hourMs;

/**
 * @param fromMs milliseconds since 1970; a stretch begins with the hour that it lies in (of two hours at most: minute)
 * @returns boards that have records of it, by id. Quantiles of the latency are within 1 %, and of whole hours
 */
export async function overview(store: Store, fromMs: number, nowMs: number): Promise<BoardOverview[]> {
  const fine = nowMs - fromMs <= finestMs;
  const everyMs = fine ? minuteMs : hourMs;
  const start = Math.floor(fromMs / everyMs) * everyMs;
  const startHour = Math.floor(fromMs / hourMs) * hourMs;
  return store.reading(async (connection) => {
    const fresh = `${unrolled} AND at_ms >= ${start}`;
    const read = await connection.runAndReadAll(
      `WITH stretches AS (
         FROM ${fine ? 'telemetry_minutes' : 'telemetry_hours'} WHERE at_ms >= ${start}
         UNION ALL ${rows(everyMs, fresh)}
       ),
       totals AS (
         SELECT board_id, sum(records)::DOUBLE AS records, ${mean('energy_nj')} AS energy, sum(energy_nj_sum) AS total,
           ${mean('curiosity')} AS curiosity, ${mean('entropy')} AS entropy, ${mean('top_probability')} AS top,
           ${mean('level_db')} AS level, ${mean('noise_floor_db')} AS floor, ${mean('clipped_share')} AS clipped,
           min(at_ms) AS first_ms, max(at_ms) AS last_ms,
           arg_max(latency_source, at_ms) AS latency_source, arg_max(energy_source, at_ms) AS energy_source
         FROM stretches GROUP BY board_id
       ),
       bins AS (
         SELECT board_id, bin, sum(records) AS n FROM (
           SELECT board_id, bin, records FROM telemetry_bins WHERE distribution = 'latency' AND at_ms >= ${startHour}
           UNION ALL SELECT board_id, bin, records FROM (${binRows(['latency'], `${unrolled} AND at_ms >= ${startHour}`)})
         ) GROUP BY ALL
       ),
       upto AS (
         SELECT board_id, bin, sum(n) OVER (PARTITION BY board_id ORDER BY bin) AS upto,
           sum(n) OVER (PARTITION BY board_id) AS n
         FROM bins
       ),
       quantiles AS (
         SELECT board_id, min(bin) FILTER (upto >= 0.5 * n) AS p50, min(bin) FILTER (upto >= 0.95 * n) AS p95
         FROM upto GROUP BY board_id
       )
       SELECT totals.*, p50, p95 FROM totals LEFT JOIN quantiles USING (board_id) ORDER BY board_id`,
    );
    return read.getRowObjectsJS().map((row) => overviewOf(row as unknown as Row));
  });
}

interface Row {
  board_id: string;
  records: number;
  energy: number | null;
  total: number | null;
  curiosity: number | null;
  entropy: number | null;
  top: number | null;
  level: number | null;
  floor: number | null;
  clipped: number | null;
  first_ms: number;
  last_ms: number;
  latency_source: BoardOverview['latencySource'];
  energy_source: BoardOverview['energySource'];
  p50: number | null;
  p95: number | null;
}

const mean = (figure: string): string => `sum(${figure}_sum) / nullif(sum(${figure}_count), 0)`;

function overviewOf(row: Row): BoardOverview {
  const { p50, p95 } = row;
  return {
    boardId: row.board_id,
    records: row.records,
    latencyUs: p50 === null || p95 === null ? null : { p50: middle(p50), p95: middle(p95) },
    latencySource: row.latency_source,
    energyNanojoule:
      row.energy === null || row.total === null ? null : { mean: row.energy, total: row.total },
    energySource: row.energy_source,
    topProbability: row.top,
    entropy: row.entropy,
    curiosity: row.curiosity,
    levelDb: row.level,
    noiseFloorDb: row.floor,
    clippedShare: row.clipped,
    firstMs: row.first_ms,
    lastMs: row.last_ms,
  };
}

/** Of a bin of latency, microseconds. */
const middle = (bin: number): number => latencyStep ** (bin + 0.5);
