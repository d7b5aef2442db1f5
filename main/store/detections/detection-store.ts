/** Detections of runs, read a page at a time, each on a connection of its own: what a person looks at delays no board. */
import type { ClassifiedFile, KeptWindow, ListedDetection } from '../../contract/types.ts';
import type {
  BestRow,
  ClipRow,
  DetectionStore,
  RowPlace,
  RunInput,
  ScoredRow,
  TableEntry,
} from '../../detections/detection-store.ts';
import type { Store } from '../open-store.ts';
import { fileColumns, fileOf } from '../result-store.ts';
import { among, filterSql } from './filter-sql.ts';
import { pageOf } from './page.ts';
import { conditions, detectionColumns, joined, type Query } from './query.ts';
import { writeParquet } from './parquet.ts';
import { summaryOf } from './summary.ts';
import { timelineOf } from './timeline.ts';

export const detectionStore = (store: Store): DetectionStore => {
  const reading = <T>(work: (query: Query) => Promise<T>): Promise<T> =>
    store.reading((connection) =>
      work(async (sql, values) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS()),
    );

  return {
    list: (jobId, filter, page) => reading((query) => pageOf(query, jobId, filter, page)),

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

    entries: (jobId, filter, { after, limit, unheard }) =>
      reading(async (query) => {
        const { file, detection, fileValues, detectionValues } = filterSql(filter);
        const first = after?.fileId ?? 0;
        // Each gives one row at least: no detection beyond the last of them is asked for.
        const files = await query(
          `SELECT ${fileColumns} FROM classified_files f WHERE f.job_id = $job AND f.state ${unheard ? "<> 'waiting'" : "= 'classified'"}
             AND f.file_id >= $first${file} ORDER BY f.file_id LIMIT $files`,
          { ...fileValues, job: jobId, first, files: limit + 1 },
        );
        const last = files.at(-1)?.['fileId'];
        if (last === undefined) return [];
        const found = await query(
          `SELECT ${detectionColumns} FROM ${joined(filter)}
           WHERE d.job_id = $job AND d.file_id >= $first AND d.file_id <= $last
             AND (d.file_id > $first OR ${after ? 'd.number > $number' : 'true'})${file}${detection}
           ORDER BY d.file_id, d.number LIMIT $limit`,
          {
            ...{ ...fileValues, ...detectionValues, job: jobId, first, last: last as number, limit },
            ...(after && { number: after.number ?? 0xffff_ffff }),
          },
        );
        // Where files are opened one behind the other, those that were too short lie between them.
        const skipped = await query(
          `SELECT f.file_id AS "fileId", f.seconds FROM classified_files f
           WHERE f.job_id = $job AND f.state = 'failed' AND f.seconds > 0 AND f.file_id >= $first AND f.file_id <= $last${file}
           ORDER BY f.file_id`,
          { ...fileValues, job: jobId, first, last: last as number },
        );
        const lengths = skipped as { fileId: number; seconds: number }[];
        return beside(files.map(fileOf), found as unknown as ListedDetection[], lengths, after, limit);
      }),

    filesHeard: (jobId, filter, { after, limit }) =>
      reading(async (query) => {
        const { where, values } = conditions(jobId, filter);
        const rows = await query(
          `SELECT d.file_id AS "fileId", any_value(f.path) AS path FROM ${joined(filter)} WHERE ${where} AND d.file_id > $after
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
           FROM ${joined(filter)} WHERE ${where}
           QUALIFY row_number() OVER (
             PARTITION BY d.label, least(floor(d.peak * 10), 9) ORDER BY md5(concat_ws(':', $seed, d.file_id, d.number))
           ) <= $most ORDER BY d.file_id, d.number`,
          { ...values, most, seed },
        );
        return rows as unknown as ClipRow[];
      }),

    best: (jobId, filter, { most, limit, without }) =>
      reading(async (query) => {
        const { where, values } = conditions(jobId, filter);
        const order = 'd.peak DESC, d.file_id, d.number';
        const rows = await query(
          `SELECT d.file_id AS "fileId", d.number, f.path, d.channel, d.start_s AS "startS", d.end_s AS "endS", d.label,
             d.peak, d.peak_s AS "peakS"
           FROM ${joined(filter)} WHERE ${where} AND NOT ${among('d.label', 'without')}
           QUALIFY row_number() OVER (PARTITION BY d.label ORDER BY ${order}) <= $most ORDER BY ${order} LIMIT $limit`,
          { ...values, most, limit, without: JSON.stringify(without) },
        );
        return rows as unknown as BestRow[];
      }),

    writeParquet: (jobId, filter, file) =>
      store.reading((connection) => writeParquet(connection, jobId, filter, file)),

    classified: (jobId, { after, limit }) =>
      reading(async (query) => {
        const rows = await query(
          `SELECT file_id AS "fileId", path FROM classified_files
           WHERE job_id = $job AND state = 'classified' AND file_id > $after ORDER BY file_id LIMIT $limit`,
          { job: jobId, after: after ?? -1, limit },
        );
        return rows as { fileId: number; path: string }[];
      }),

    scored: (jobId, fileIds, { after, limit }) =>
      reading(async (query) => {
        const named =
          fileIds === null ? '' : `AND file_id IN (SELECT unnest(from_json($files::JSON, '["UINTEGER"]')))`;
        const rows = await query(
          `SELECT file_id AS "fileId", number, label, start_s AS "startS", end_s AS "endS", peak FROM detections
           WHERE job_id = $job AND file_id >= $file AND (file_id > $file OR number > $number) ${named}
           ORDER BY file_id, number LIMIT $limit`,
          {
            ...{ job: jobId, file: after?.fileId ?? 0, number: after?.number ?? -1, limit },
            ...(fileIds !== null && { files: JSON.stringify(fileIds) }),
          },
        );
        return rows as unknown as ScoredRow[];
      }),

    inputs: (jobId, { after, limit }) =>
      reading(async (query) => {
        const rows = await query(
          `SELECT file_id AS "fileId", path, state, bytes, modified_ms AS "modifiedMs", sha256, copy_of AS "copyOf",
             notes::VARCHAR AS notes, error::VARCHAR AS error FROM classified_files
           WHERE job_id = $job AND state <> 'waiting' AND file_id > $after ORDER BY file_id LIMIT $limit`,
          { job: jobId, after: after ?? -1, limit },
        );
        return rows.map(({ notes, error, ...row }) => ({
          ...(row as Omit<RunInput, 'notes' | 'error'>),
          notes: JSON.parse(notes as string) as RunInput['notes'],
          error: error === null ? null : (JSON.parse(error as string) as RunInput['error']),
        }));
      }),

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

/** Each file with its detections, so many rows; one that `after` stands in is told no more once it has no others. */
function beside(
  files: readonly ClassifiedFile[],
  detections: readonly ListedDetection[],
  skipped: readonly { fileId: number; seconds: number }[],
  after: RowPlace | undefined,
  limit: number,
): TableEntry[] {
  const entries: TableEntry[] = [];
  let next = 0;
  let passed = 0;
  for (const file of files) {
    const before = entries.length;
    let skippedS = 0;
    while (skipped[passed] && skipped[passed]!.fileId < file.fileId) skippedS += skipped[passed++]!.seconds;
    while (detections[next]?.fileId === file.fileId)
      entries.push({ file, detection: detections[next++]!, skippedS });
    const isTold = entries.length > before || file.fileId === after?.fileId;
    if (!isTold) entries.push({ file, detection: null, skippedS });
    if (entries.length >= limit) break;
  }
  return entries.slice(0, limit);
}
