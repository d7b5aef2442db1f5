/** A figure of a board over time, as smallest, largest and mean of buckets: from records, minutes or hours. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Source } from '../../contract/types.ts';
import type { Figure } from '../../fleet/contract/figure-words.ts';
import type { Series, SeriesBucket, SeriesLine } from '../../fleet/contract/series.ts';
import { literal } from '../files.ts';
import type { Store } from '../open-store.ts';
import { bucketLength, levelFor, levelLengths, levelNames, wholeBuckets } from './buckets.ts';
import { rows, unrolled } from './roll.ts';

export interface SeriesWish {
  boardId: string;
  figure: Figure;
  /** Milliseconds since 1970: from the one to before the other. */
  fromMs: number;
  toMs: number;
  /** Buckets at most, and one more where the ends cut two. */
  points: number;
}

const tables: Record<Series['level'], string> = {
  records: 'telemetry',
  minutes: 'telemetry_minutes',
  hours: 'telemetry_hours',
};

/** The column that tells where a figure comes from; the others are the board's own word. */
const sources: Partial<Record<Figure, string>> = { latency_us: 'latency_source', energy_nj: 'energy_source' };

export async function series(store: Store, wish: SeriesWish): Promise<Series> {
  const { boardId, figure, fromMs, toMs, points } = wish;
  return store.reading(async (connection) => {
    const level = await levelHeld(connection, wish);
    const everyMs = bucketLength(toMs - fromMs, points, levelLengths[level]);
    const [startMs, endMs] = wholeBuckets(fromMs, toMs, everyMs);
    const within = `board_id = ${literal(boardId)} AND at_ms >= ${startMs} AND at_ms < ${endMs}`;
    const columns = `at_ms, ${sources[figure] ?? 'NULL'} AS source,
      ${figure}_count AS n, ${figure}_sum AS sum, ${figure}_min AS least, ${figure}_max AS most`;
    const kept =
      level === 'records'
        ? `SELECT ${columns} FROM (${rows(everyMs, `telemetry WHERE ${within}`)})`
        : `SELECT ${columns} FROM ${tables[level]} WHERE ${within}
           UNION ALL SELECT ${columns} FROM (${rows(levelLengths[level], `${unrolled} AND ${within}`)})`;
    const read = await connection.runAndReadAll(
      `SELECT source, floor(at_ms / ${everyMs}) * ${everyMs} AS begins, sum(n)::DOUBLE AS n, min(least) AS least,
         max(most) AS most, sum(sum) / sum(n) AS mean
       FROM (${kept}) WHERE n > 0 GROUP BY ALL ORDER BY source, begins`,
    );
    return {
      ...{ boardId, figure, level, everyMs, fromMs: startMs, toMs: endMs },
      lines: linesOf(read.getRowsJS() as Row[]),
    };
  });
}

type Row = [source: Source | null, atMs: number, records: number, min: number, max: number, mean: number];

function linesOf(read: readonly Row[]): SeriesLine[] {
  const lines = new Map<Source | null, SeriesBucket[]>();
  for (const [source, atMs, records, min, max, mean] of read) {
    const buckets = lines.get(source) ?? [];
    lines.set(source, buckets);
    buckets.push({ atMs, records, min, max, mean });
  }
  return [...lines].map(([source, buckets]) => ({ source, buckets }));
}

/** The coarsest level that is fine enough; where that is kept no longer of the beginning of the stretch, the next one. */
async function levelHeld(
  connection: DuckDBConnection,
  { boardId, fromMs, toMs, points }: SeriesWish,
): Promise<Series['level']> {
  const first = levelNames.indexOf(levelFor(toMs - fromMs, points));
  for (const [at, level] of levelNames.entries()) {
    const coarser = levelNames.slice(at + 1);
    if (at < first || coarser.length === 0) continue;
    const read = await connection.runAndReadAll(
      `SELECT ${coarser.map((one) => reachesBack(level, one, boardId, fromMs, toMs)).join(' AND ')}`,
    );
    if (read.getRowsJS()[0]![0] === true) return level;
  }
  return 'hours';
}

/** SQL: of this stretch a level is kept from no later on than a coarser one. */
function reachesBack(
  level: Series['level'],
  coarser: Series['level'],
  boardId: string,
  fromMs: number,
  toMs: number,
): string {
  const length = levelLengths[coarser];
  const [startMs, endMs] = wholeBuckets(fromMs, toMs, length);
  const begins = (from: string): string =>
    `(SELECT min(at_ms) FROM ${from} board_id = ${literal(boardId)} AND at_ms >= ${startMs} AND at_ms < ${endMs})`;
  const coarse = begins(`${tables[coarser]} WHERE`);
  // What no roll has taken yet is in the records alone, which stay until one has.
  const fine = `least(${begins(`${tables[level]} WHERE`)}, ${begins(`${unrolled} AND`)})`;
  return `coalesce(floor(${fine} / ${length}) * ${length} <= ${coarse}, ${coarse} IS NULL)`;
}
