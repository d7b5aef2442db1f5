/** Visits to boards, and what boards recorded between them, in DuckDB. */
import { CurlewError } from '../contract/error.ts';
import type { Visit, VisitFound } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface VisitStore {
  /** Of what was received after a time, or of all. */
  found(boardId: string, sinceMs: number | null): Promise<VisitFound>;
  /** When the last visit began; null for none. */
  last(boardId: string): Promise<number | null>;
  keep(visit: Visit): Promise<void>;
  /** Newest first. @param beforeMs those that began earlier alone */
  list(boardId: string | null, beforeMs: number | null, limit: number): Promise<Visit[]>;
  /** @throws CurlewError VISIT_NOT_FOUND */
  get(visitId: string): Promise<Visit>;
  count(boardId: string): Promise<number>;
  forget(boardId: string): Promise<void>;
}

export function visitStore(store: Store): VisitStore {
  const reading = (
    sql: string,
    values: Record<string, string | number | null>,
  ): Promise<Record<string, unknown>[]> =>
    store.reading(async (connection) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS());

  return {
    async found(boardId, sinceMs) {
      const values = { board: boardId, since: sinceMs };
      // What was deleted of a start here is no gap.
      const [row] = await reading(
        `SELECT count(*)::DOUBLE AS records, coalesce(sum(gap), 0)::DOUBLE AS missing,
           count(*) FILTER (gap > 0)::DOUBLE AS gaps, min(at_ms) AS "firstMs",
           max(at_ms) AS "lastMs", min(supply_millivolts)::DOUBLE AS "leastMillivolts",
           arg_max(supply_millivolts, at_ms)::DOUBLE AS "lastMillivolts", median(noise_floor_db)::DOUBLE AS "noiseFloorDb",
           max(level_db)::DOUBLE AS "highestDb", avg(clipped_share)::DOUBLE AS "clippedShare"
         FROM (
           SELECT t.*, greatest(0, t.sequence::BIGINT - 1 - coalesce(
             lag(t.sequence) OVER (PARTITION BY t.boot_id ORDER BY t.sequence), d.sequence, 0)) AS gap
           FROM telemetry t LEFT JOIN deleted_telemetry d ON d.board_id = t.board_id AND d.boot_id = t.boot_id
           WHERE t.board_id = $board
         ) WHERE $since IS NULL OR received_ms > $since`,
        values,
      );
      const starts = await reading(
        `SELECT cause, count(*)::DOUBLE AS count FROM (
           SELECT boot_id, coalesce(max(start_cause), 'unknown') AS cause, min(received_ms) AS first FROM telemetry
           WHERE board_id = $board GROUP BY boot_id
         ) WHERE $since IS NULL OR first > $since GROUP BY cause ORDER BY cause`,
        values,
      );
      return { ...row, starts } as unknown as VisitFound;
    },

    async last(boardId) {
      const [row] = await reading('SELECT max(started_ms) AS last FROM visits WHERE board_id = $board', {
        board: boardId,
      });
      return (row?.['last'] as number | null | undefined) ?? null;
    },

    async keep(visit) {
      await store.transaction((connection) =>
        connection.run('INSERT INTO visits VALUES ($1, $2, $3, $4)', [
          ...[visit.id, visit.boardId, visit.startedMs, JSON.stringify(visit)],
        ]),
      );
    },

    async list(boardId, beforeMs, limit) {
      const rows = await reading(
        `SELECT sheet::VARCHAR AS sheet FROM visits
         WHERE ($board IS NULL OR board_id = $board) AND ($before IS NULL OR started_ms < $before)
         ORDER BY started_ms DESC, id LIMIT $limit`,
        { board: boardId, before: beforeMs, limit },
      );
      return rows.map(({ sheet }) => visitOf(sheet as string));
    },

    async get(visitId) {
      const [row] = await reading('SELECT sheet::VARCHAR AS sheet FROM visits WHERE id = $id', {
        id: visitId,
      });
      if (row) return visitOf(row['sheet'] as string);
      throw new CurlewError('VISIT_NOT_FOUND', `The lab keeps no visit ${visitId}.`, { visitId });
    },

    async count(boardId) {
      const [row] = await reading('SELECT count(*)::DOUBLE AS count FROM visits WHERE board_id = $board', {
        board: boardId,
      });
      return row?.['count'] as number;
    },

    async forget(boardId) {
      await store.deletion((connection) =>
        connection.run('DELETE FROM visits WHERE board_id = $1', [boardId]),
      );
    },
  };
}

function visitOf(sheet: string): Visit {
  const visit = JSON.parse(sheet) as Visit;
  return {
    ...visit,
    automatic: visit.automatic ?? false,
    found: { ...visit.found, gaps: visit.found.gaps ?? null },
  };
}
