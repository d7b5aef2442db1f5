/** How often each bin of a distribution was met on each day, of some boards. */
import { literal } from '../files.ts';
import { inPieces } from '../in-pieces.ts';
import type { Store } from '../open-store.ts';
import { dayMs, type Distribution } from './features.ts';

export interface DayCount {
  boardId: string;
  /** Days since 1970 (UTC). */
  day: number;
  distribution: Distribution;
  bin: number;
  records: number;
}

/**
 * In order of boards and days; of each board those days alone that began after its bank was last deployed.
 * @param fromMs @param toMs beginnings of days, milliseconds since 1970: from the one to before the other
 */
export async function dayCounts(
  store: Store,
  boardIds: readonly string[],
  distributions: readonly Distribution[],
  fromMs: number,
  toMs: number,
): Promise<DayCount[]> {
  const listed = (words: readonly string[]): string => words.map(literal).join(', ');
  return store.reading(async (connection) => {
    const result = await connection.stream(
      `SELECT board_id, floor(b.at_ms / ${dayMs}) AS day, distribution, bin, sum(records)::DOUBLE AS records
       FROM telemetry_bins b LEFT JOIN (
         SELECT board_id, max(at_ms) AS deployed_ms FROM deployments WHERE activated GROUP BY board_id
       ) USING (board_id)
       WHERE board_id IN (${listed(boardIds)}) AND distribution IN (${listed(distributions)})
         AND b.at_ms >= ${fromMs} AND b.at_ms < ${toMs} AND b.at_ms > coalesce(deployed_ms, 0)
       GROUP BY ALL ORDER BY board_id, day`,
    );
    const counts: DayCount[] = [];
    // A season of a site is many rows.
    for await (const rows of inPieces(result)) {
      for (const [boardId, day, distribution, bin, records] of rows)
        counts.push({ boardId, day, distribution, bin, records } as DayCount);
    }
    return counts;
  });
}
