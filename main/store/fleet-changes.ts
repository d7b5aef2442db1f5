/** What alerts hold boards against: their last hour against their week before, and classes that were heard today. */
import { literal } from './files.ts';
import type { Store } from './open-store.ts';
import { dayMs, hourMs, latencyStep } from './rollups/features.ts';
import { binRows, rows, unrolled } from './rollups/roll.ts';

export interface WeekChange {
  boardId: string;
  /** 95th percentile of the last hour as a multiple of that of the week before; null where either says too little. */
  latency: number | null;
  /** The same of the mean energy of an inference. */
  energy: number | null;
}

const weekMs = 7 * dayMs;
/** Fewer records in the last hour, or in the week before, say nothing. */
const leastNow = 20;
const leastBefore = 200;

/** The last hour that began, with the running one; the week before since a bank was last activated. */
export async function weekChanges(store: Store, nowMs: number): Promise<WeekChange[]> {
  const nowFrom = Math.floor(nowMs / hourMs) * hourMs - hourMs;
  const from = nowFrom - weekMs;
  const fresh = `${unrolled} AND at_ms >= ${from}`;
  return store.reading(async (connection) => {
    const read = await connection.runAndReadAll(
      `WITH deployed AS (
         SELECT board_id, max(at_ms) AS deployed_ms FROM deployments WHERE activated GROUP BY board_id
       ),
       bins AS (
         SELECT board_id, at_ms >= ${nowFrom} AS is_now, bin, sum(records) AS n FROM (
           SELECT board_id, at_ms, bin, records FROM telemetry_bins WHERE distribution = 'latency' AND at_ms >= ${from}
           UNION ALL SELECT board_id, at_ms, bin, records FROM (${binRows(['latency'], fresh)})
         ) LEFT JOIN deployed USING (board_id) WHERE at_ms > coalesce(deployed_ms, 0) GROUP BY ALL
       ),
       upto AS (
         SELECT *, sum(n) OVER (PARTITION BY board_id, is_now ORDER BY bin) AS upto,
           sum(n) OVER (PARTITION BY board_id, is_now) AS total FROM bins
       ),
       p95 AS (
         SELECT board_id, min(bin) FILTER (is_now AND upto >= 0.95 * total AND total >= ${leastNow})
           - min(bin) FILTER (NOT is_now AND upto >= 0.95 * total AND total >= ${leastBefore}) AS steps
         FROM upto GROUP BY board_id
       ),
       hours AS (
         FROM telemetry_hours WHERE at_ms >= ${from} UNION ALL ${rows(hourMs, fresh)}
       ),
       sums AS (
         SELECT board_id, sum(energy_nj_sum) FILTER (at_ms >= ${nowFrom}) AS now_sum,
           sum(energy_nj_count) FILTER (at_ms >= ${nowFrom}) AS now_count,
           sum(energy_nj_sum) FILTER (at_ms < ${nowFrom}) AS before_sum,
           sum(energy_nj_count) FILTER (at_ms < ${nowFrom}) AS before_count
         FROM hours LEFT JOIN deployed USING (board_id) WHERE at_ms > coalesce(deployed_ms, 0) GROUP BY board_id
       )
       SELECT board_id AS "boardId", ${latencyStep} ** steps AS latency,
         CASE WHEN now_count >= ${leastNow} AND before_count >= ${leastBefore}
           THEN (now_sum / now_count) / nullif(before_sum / before_count, 0) END AS energy
       FROM sums LEFT JOIN p95 USING (board_id) ORDER BY board_id`,
    );
    return read.getRowObjectsJS() as unknown as WeekChange[];
  });
}

export interface HeardClass {
  boardId: string;
  className: string;
  atMs: number;
  probability: number;
}

/**
 * The first record of each board and class that is as sure as wanted, of those that were appended after a batch.
 * @param wanted least probabilities by class @param sinceMs when the day began @param afterBatch 0 for all
 * @returns with the last batch that was read
 */
export async function heardClasses(
  store: Store,
  wanted: readonly { className: string; least: number }[],
  sinceMs: number,
  afterBatch: number,
): Promise<{ heard: HeardClass[]; upToBatch: number }> {
  const values = wanted.map(({ className, least }) => `(${literal(className)}, ${least}::DOUBLE)`).join(', ');
  return store.reading(async (connection) => {
    const read = await connection.runAndReadAll(
      `WITH newest AS (SELECT * FROM telemetry WHERE batch > ${afterBatch} AND at_ms >= ${sinceMs}),
       named AS (
         SELECT t.board_id, t.at_ms, t.top_probability::DOUBLE AS probability,
           i.labels->>(t.class_index::INTEGER) AS class_name
         FROM newest t JOIN images i ON i.sha256[:16] = t.expert WHERE t.class_index >= 0
       )
       SELECT board_id AS "boardId", class_name AS "className", min(at_ms) AS "atMs",
         arg_min(probability, at_ms) AS probability, NULL AS batch
       FROM named JOIN (VALUES ${values}) w(name, least) ON name = class_name AND probability >= least
       GROUP BY board_id, class_name
       UNION ALL SELECT NULL, NULL, NULL, NULL, max(batch)::DOUBLE FROM newest`,
    );
    const told = read.getRowObjectsJS();
    const last = told.find(({ boardId }) => boardId === null)?.['batch'] as number | null | undefined;
    return {
      heard: told
        .filter(({ boardId }) => boardId !== null)
        .map(({ boardId, className, atMs, probability }) => ({
          ...{ boardId, className, atMs, probability },
        })) as HeardClass[],
      upToBatch: last ?? afterBatch,
    };
  });
}
