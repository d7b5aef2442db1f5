/** A page of detections from anywhere in their order, of a million as fast as of a hundred. */
import type { DetectionFilter, DetectionSort, ListedDetection } from '../../contract/types.ts';
import { decided } from './filter-sql.ts';
import { conditions, detectionColumns, detectionsOf, joined, withFiles, type Query } from './query.ts';

/** What is sorted by; numbers lie in so many steps from their least to their largest, texts each by itself. */
const sortColumns: Record<DetectionSort['by'], { column: string; isText?: true }> = {
  time: { column: 'd.at_ms' },
  peak: { column: 'd.peak' },
  mean: { column: 'd.confidence' },
  class: { column: 'd.label', isText: true },
  file: { column: 'd.file_id' },
  curiosity: { column: 'd.curiosity' },
};
const steps = 1000;

/** @param page `offset` detections in their order are passed over; `limit` of those behind them are told */
export async function pageOf(
  query: Query,
  jobId: string,
  filter: DetectionFilter,
  page: { sort: DetectionSort; offset: number; limit: number },
): Promise<{ rows: ListedDetection[]; total: number }> {
  const { where, values } = conditions(jobId, filter);
  const { column, isText } = sortColumns[page.sort.by];
  const order = `${page.sort.descending ? 'DESC' : 'ASC'} NULLS LAST`;
  const step = isText ? 'key' : `floor((key - least) / nullif(largest - least, 0) * ${steps})`;
  // Counting by steps of the key is far cheaper than sorting: only the steps that the page lies in are sorted.
  const keys = await query(
    `WITH chosen AS MATERIALIZED (
       SELECT d.file_id, d.number, ${column} AS key FROM ${sourceOf(filter)} WHERE ${where}
     ), bounds AS (SELECT min(key) AS least, max(key) AS largest FROM chosen
     ), stepped AS MATERIALIZED (SELECT file_id, number, key, ${step} AS step FROM chosen, bounds
     ), counts AS (SELECT step, count(*) AS n FROM stepped GROUP BY step
     ), places AS (SELECT step, n, sum(n) OVER (ORDER BY step ${order}) - n AS before FROM counts
     ), band AS (SELECT step, before FROM places WHERE before < $offset + $limit AND before + n > $offset)
     SELECT NULL AS file_id, NULL AS number, (SELECT coalesce(sum(n), 0) FROM counts)::DOUBLE AS total
     UNION ALL (
       SELECT s.file_id, s.number, NULL FROM stepped s JOIN band ON band.step IS NOT DISTINCT FROM s.step
       ORDER BY s.key ${order}, s.file_id, s.number LIMIT $limit
       OFFSET (SELECT coalesce($offset - min(before), 0)::BIGINT FROM band)
     )`,
    { ...values, offset: page.offset, limit: page.limit },
  );
  const total = keys.find(({ total }) => total !== null)!['total'] as number;
  const places = keys.filter(({ total }) => total === null);
  if (places.length === 0) return { rows: [], total };
  // All else is fetched for the rows of the page alone.
  const rows = await query(
    `SELECT ${detectionColumns} FROM ${joined({})} JOIN (
       SELECT (one ->> 0)::UINTEGER AS file_id, (one ->> 1)::UINTEGER AS number
       FROM (SELECT unnest($places::JSON[]) AS one)
     ) page ON page.file_id = d.file_id AND page.number = d.number
     WHERE d.job_id = $job ORDER BY ${column} ${order}, d.file_id, d.number`,
    { job: jobId, places: JSON.stringify(places.map((place) => [place['file_id'], place['number']])) },
  );
  return { rows: rows as unknown as ListedDetection[], total };
}

/** With the tables that a condition looks into, and no others. */
function sourceOf(filter: DetectionFilter): string {
  const { sites, fileId, path, reviewed } = filter;
  const ofFiles = [sites, fileId, path].some((named) => named !== undefined);
  return [detectionsOf(filter), ...(ofFiles ? [withFiles] : []), ...(reviewed ? [decided] : [])].join(' ');
}
