/** Detections of runs, read a page at a time, each on a connection of its own: what a person looks at delays no board. */
import type { DetectionFilter, DetectionSort, KeptWindow, ListedDetection } from '../../contract/types.ts';
import type { ClipRow, DetectionStore, TableEntry } from '../../detections/detection-store.ts';
import type { Store } from '../open-store.ts';
import { fileColumns, fileOf } from '../result-store.ts';
import { decided, filterSql, type Values } from './filter-sql.ts';
import { joined, type Query } from './query.ts';
import { writeParquet } from './parquet.ts';
import { summaryOf } from './summary.ts';
import { timelineOf } from './timeline.ts';

const detectionNames = [
  ...([
    'jobId',
    'fileId',
    'number',
    'path',
    'channel',
    'startS',
    'endS',
    'atMs',
    'classIndex',
    'label',
  ] as const),
  ...(['confidence', 'peak', 'peakS', 'windows', 'calls', 'expert', 'curiosity', 'entropy'] as const),
  ...(['offsetMinutes', 'site', 'verdict', 'correctedLabel'] as const),
] satisfies (keyof ListedDetection)[];

const detectionColumns = `d.job_id AS "jobId", d.file_id AS "fileId", d.number, f.path, d.channel, d.start_s AS "startS",
  d.end_s AS "endS", d.at_ms AS "atMs", d.class_index AS "classIndex", d.label, d.confidence, d.peak, d.peak_s AS "peakS",
  d.windows, d.calls, d.expert, d.curiosity, d.entropy, f.offset_minutes AS "offsetMinutes", f.site, r.verdict,
  r.label AS "correctedLabel"`;

const sortColumns: Record<DetectionSort['by'], string> = {
  time: 'd.at_ms',
  peak: 'd.peak',
  mean: 'd.confidence',
  class: 'd.label',
  file: 'd.file_id',
  curiosity: 'd.curiosity',
};

export const detectionStore = (store: Store): DetectionStore => {
  const reading = <T>(work: (query: Query) => Promise<T>): Promise<T> =>
    store.reading((connection) =>
      work(async (sql, values) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS()),
    );

  return {
    list: (jobId, filter, { sort, offset, limit }) =>
      reading(async (query) => {
        const { where, values } = conditions(jobId, filter);
        const order = `${sortColumns[sort.by]} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST`;
        const rows = await query(
          `SELECT ${detectionColumns} FROM ${joined} WHERE ${where}
           ORDER BY ${order}, d.file_id, d.number LIMIT $limit OFFSET $offset`,
          { ...values, limit, offset },
        );
        const [counted] = await query(
          `SELECT count(*)::DOUBLE AS total FROM ${joined} WHERE ${where}`,
          values,
        );
        return { rows: rows as unknown as ListedDetection[], total: counted!['total'] as number };
      }),

    summary: (jobId, filter) => reading((query) => summaryOf(query, jobId, filter)),

    timeline: (jobId, filter, page) => reading((query) => timelineOf(query, jobId, filter, page)),

    windows: (jobId, { fileId, from, to, after, limit }) =>
      reading(async (query) => {
        const rows = await query(
          `SELECT w.file_id AS "fileId", w.channel, w.window_index AS "window", w.class_index AS "classIndex",
             w.probability, w.place, w.curiosity, w.entropy, l.label
           FROM kept_windows w LEFT JOIN (
             SELECT class_index, min(label) AS label FROM (
               SELECT class_index, label FROM detections WHERE job_id = $job
               UNION SELECT class_index, label FROM classified_files WHERE job_id = $job AND class_index IS NOT NULL
             ) GROUP BY class_index HAVING count(*) = 1
           ) l ON l.class_index = w.class_index
           WHERE w.job_id = $job AND w.file_id = $fileId::UINTEGER AND w.window_index >= $from AND w.window_index < $to
             AND (w.window_index, coalesce(w.channel, -1)) > ($afterWindow, $afterChannel)
           ORDER BY w.window_index, coalesce(w.channel, -1) LIMIT $limit`,
          {
            ...{ job: jobId, fileId, from, to, limit },
            ...{ afterWindow: after?.window ?? -1, afterChannel: after?.channel ?? (after ? -1 : -2) },
          },
        );
        return rows as unknown as (KeptWindow & { label: string | null })[];
      }),

    entries: (jobId, filter, { after, limit }) =>
      reading(async (query) => {
        const { file, detection, fileValues, detectionValues } = filterSql(filter);
        const first = after?.fileId ?? 0;
        // Each gives one row at least: no detection beyond the last of them is asked for.
        const [end] = await query(
          `SELECT max(file_id)::DOUBLE AS last FROM (SELECT f.file_id FROM classified_files f
             WHERE f.job_id = $job AND f.state = 'classified' AND f.file_id >= $first${file} ORDER BY f.file_id LIMIT $files)`,
          { ...fileValues, job: jobId, first, files: limit + 1 },
        );
        const last = end!['last'] as number | null;
        if (last === null) return [];
        const rows = await query(
          `SELECT ${fileColumns}, d.number, d.channel, d."startS", d."endS", d."atMs", d."detectedIndex", d.detected,
             d.confidence, d.peak, d."peakS", d."detectedWindows", d.calls, d.expert, d.curiosity, d.entropy, d.verdict,
             d."correctedLabel"
           FROM classified_files f LEFT JOIN (
             SELECT d.file_id, d.number, d.channel, d.start_s AS "startS", d.end_s AS "endS", d.at_ms AS "atMs",
               d.class_index AS "detectedIndex", d.label AS detected, d.confidence, d.peak, d.peak_s AS "peakS",
               d.windows AS "detectedWindows", d.calls, d.expert, d.curiosity, d.entropy, r.verdict,
               r.label AS "correctedLabel"
             FROM detections d
             ${decided}
             WHERE d.job_id = $job AND d.file_id >= $first AND d.file_id <= $last${detection}
           ) d ON d.file_id = f.file_id
           WHERE f.job_id = $job AND f.state = 'classified' AND f.file_id >= $first AND f.file_id <= $last
             AND (f.file_id > $first OR ${after ? 'd.number > $number' : 'true'})${file}
           ORDER BY f.file_id, d.number LIMIT $limit`,
          {
            ...{ ...fileValues, ...detectionValues, job: jobId, first, last, limit },
            ...(after && { number: after.number ?? 0xffff_ffff }),
          },
        );
        return rows.map(entryOf);
      }),

    filesHeard: (jobId, filter, { after, limit }) =>
      reading(async (query) => {
        const { where, values } = conditions(jobId, filter);
        const rows = await query(
          `SELECT d.file_id AS "fileId", any_value(f.path) AS path FROM ${joined} WHERE ${where} AND d.file_id > $after
           GROUP BY d.file_id ORDER BY d.file_id LIMIT $limit`,
          { ...values, after: after ?? -1, limit },
        );
        return rows as { fileId: number; path: string }[];
      }),

    drawn: (jobId, filter, { most, seed }) =>
      reading(async (query) => {
        const { where, values } = conditions(jobId, filter);
        // By a hash that is the same in every version of DuckDB.
        const rows = await query(
          `SELECT d.file_id AS "fileId", d.number, f.path, d.channel, d.start_s AS "startS", d.end_s AS "endS", d.label, d.peak
           FROM ${joined} WHERE ${where}
           QUALIFY row_number() OVER (
             PARTITION BY d.label, least(floor(d.peak * 10), 9) ORDER BY md5(concat_ws(':', $seed, d.file_id, d.number))
           ) <= $most ORDER BY d.file_id, d.number`,
          { ...values, most, seed },
        );
        return rows as unknown as ClipRow[];
      }),

    writeParquet: (jobId, filter, file) =>
      store.reading((connection) => writeParquet(connection, jobId, filter, file)),

    provenance: (jobId) =>
      reading(async (query) => {
        const [row] = await query(
          'SELECT provenance::VARCHAR AS text FROM classify_runs WHERE job_id = $job',
          {
            job: jobId,
          },
        );
        return row ? (JSON.parse(row['text'] as string) as unknown) : null;
      }),
  };
};

function conditions(jobId: string, filter: DetectionFilter): { where: string; values: Values } {
  const { file, detection, fileValues, detectionValues } = filterSql(filter);
  return {
    where: `d.job_id = $job${file}${detection}`,
    values: { ...fileValues, ...detectionValues, job: jobId },
  };
}

function entryOf(row: Record<string, unknown>): TableEntry {
  const file = fileOf(row);
  if (row['number'] === null) return { file, detection: null };
  const { detectedIndex, detected, detectedWindows } = row;
  const own = { ...row, classIndex: detectedIndex, label: detected, windows: detectedWindows } as Record<
    string,
    unknown
  >;
  const detection = Object.fromEntries(detectionNames.map((name) => [name, own[name]]));
  return { file, detection: detection as unknown as ListedDetection };
}
