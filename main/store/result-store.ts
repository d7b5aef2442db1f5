/** What classification found, in DuckDB. */
import { blobValue, type DuckDBAppender, type DuckDBConnection } from '@duckdb/node-api';
import type { ClassifiedFile, Detection, FileState, KeptWindow, ListedFile } from '../contract/types.ts';
import { unheard } from '../jobs/classify/contract/rows.ts';
import type { FileResults, KeptPart, NewFile, ResultStore } from '../jobs/classify/result-store.ts';
import type { Store } from './open-store.ts';

export const fileColumns = `f.job_id AS "jobId", f.file_id AS "fileId", path, state, bytes, modified_ms AS "modifiedMs", sha256,
  format, seconds, sample_rate AS "sampleRate", channels, f.windows, f.class_index AS "classIndex", f.label, probability,
  notes::VARCHAR AS notes, start_ms AS "startMs", offset_minutes AS "offsetMinutes", time_source AS "timeSource", latitude,
  longitude, site, recorder::VARCHAR AS recorder, experts::VARCHAR AS experts, read_ms AS "readMs", model_ms AS "modelMs",
  copy_of AS "copyOf", error::VARCHAR AS error`;
const detectionColumns = `d.job_id AS "jobId", d.file_id AS "fileId", number, path, channel, start_s AS "startS",
  end_s AS "endS", at_ms AS "atMs", d.class_index AS "classIndex", d.label, confidence, peak, peak_s AS "peakS", d.windows,
  calls, expert, curiosity, entropy`;
const listedColumns = 'file_id AS "fileId", path, bytes, modified_ms AS "modifiedMs"';

const allButWaiting: readonly FileState[] = ['classified', 'failed', 'copy', 'leftOut'];

export const resultStore = (store: Store): ResultStore => {
  const rows = (sql: string, values: (string | number | null)[]): Promise<Record<string, unknown>[]> =>
    store.transaction(async (connection) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS());

  return {
    list: (jobId, files) => store.transaction((connection) => append(connection, jobId, files)),

    async waiting(jobId, { after, limit }) {
      const found = await rows(
        `SELECT ${listedColumns} FROM classified_files WHERE job_id = $1 AND state = 'waiting' AND file_id > $2
         ORDER BY file_id LIMIT $3`,
        [jobId, after ?? -1, limit],
      );
      return found as unknown as (ListedFile & { fileId: number })[];
    },

    keep: (jobId, results) =>
      store.deletion(async (connection) => {
        await removeFiles(connection, jobId, results);
        await appendAll(connection, 'classified_files', results, ({ file }, row) => appendFile(row, file));
        const detections = results.flatMap((one) => one.detections);
        await appendAll(connection, 'detections', detections, (one, row) => appendDetection(row, one));
        const windows = results.flatMap((one) => one.windows);
        await appendAll(connection, 'kept_windows', windows, (one, row) => appendWindow(row, jobId, one));
      }),

    async files(jobId, { after, states = allButWaiting, limit }) {
      const named = states.map((_, i) => `$${i + 4}`).join(', ');
      const found = await rows(
        `SELECT ${fileColumns} FROM classified_files f WHERE job_id = $1 AND file_id > $2 AND state IN (${named || 'NULL'})
         ORDER BY file_id LIMIT $3`,
        [jobId, after ?? -1, limit, ...states],
      );
      return found.map(fileOf);
    },

    async detections(jobId, { fileId, after, limit }) {
      const found = await rows(
        `SELECT ${detectionColumns} FROM detections d JOIN classified_files f USING (job_id, file_id)
         WHERE job_id = $1 AND (d.file_id, number) > ($2, $3) AND ($4::UINTEGER IS NULL OR d.file_id = $4::UINTEGER)
         ORDER BY d.file_id, number LIMIT $5`,
        [jobId, after?.fileId ?? -1, after?.number ?? -1, fileId ?? null, limit],
      );
      return found as unknown as Detection[];
    },

    async counts(jobId) {
      const states = await rows(
        `SELECT state, count(*)::DOUBLE AS files, coalesce(sum(windows), 0)::DOUBLE AS windows, coalesce(sum(seconds), 0) AS seconds, sum(bytes) AS bytes
         FROM classified_files WHERE job_id = $1 GROUP BY state`,
        [jobId],
      );
      const [found] = await rows('SELECT count(*)::DOUBLE AS detections FROM detections WHERE job_id = $1', [
        jobId,
      ]);
      const files = { waiting: 0, classified: 0, failed: 0, copy: 0, leftOut: 0 };
      for (const { state, files: count } of states) files[state as FileState] = count as number;
      const classified = states.find(({ state }) => state === 'classified');
      return {
        files,
        detections: found!['detections'] as number,
        windows: (classified?.['windows'] ?? 0) as number,
        audioSeconds: (classified?.['seconds'] ?? 0) as number,
        passedBytes: states.reduce(
          (sum, row) => (row['state'] === 'waiting' ? sum : sum + (row['bytes'] as number)),
          0,
        ),
      };
    },

    async firstOf(jobId, { fileId, sha256 }) {
      const [first] = await rows(
        `SELECT file_id AS "fileId", path FROM classified_files WHERE job_id = $1 AND sha256 = $2 AND file_id < $3
         ORDER BY file_id LIMIT 1`,
        [jobId, sha256, fileId],
      );
      return (first as { fileId: number; path: string } | undefined) ?? null;
    },

    keepProvenance: (jobId, provenance) =>
      store.deletion(async (connection) => {
        await connection.run('DELETE FROM classify_runs WHERE job_id = $1', [jobId]);
        await connection.run('INSERT INTO classify_runs VALUES ($1, $2)', [
          jobId,
          JSON.stringify(provenance),
        ]);
      }),

    keepPart: (jobId, { fileId, span, answers }) =>
      store.transaction(async (connection) => {
        await connection.run('INSERT INTO classify_parts VALUES ($1, $2, $3, $4)', [
          jobId,
          fileId,
          span,
          blobValue(answers),
        ]);
      }),

    async parts(jobId, fileId) {
      const found = await rows(
        'SELECT file_id AS "fileId", span, answers FROM classify_parts WHERE job_id = $1 AND file_id = $2 ORDER BY span',
        [jobId, fileId],
      );
      return found as unknown as KeptPart[];
    },

    remove: (jobId) =>
      store.deletion(async (connection) => {
        for (const table of [
          'kept_windows',
          'detections',
          'classify_parts',
          'classify_runs',
          'classified_files',
        ])
          await connection.run(`DELETE FROM ${table} WHERE job_id = $1`, [jobId]);
        await connection.run(
          'DELETE FROM review_items WHERE set_id IN (SELECT id FROM review_sets WHERE job_id = $1)',
          [jobId],
        );
        for (const table of ['review_decisions', 'review_thresholds', 'review_sets'])
          await connection.run(`DELETE FROM ${table} WHERE job_id = $1`, [jobId]);
      }),
  };
};

/** The names of a row's columns are those of the type, but for what is kept as JSON. */
export function fileOf(row: Record<string, unknown>): ClassifiedFile {
  const json = (name: string): unknown => {
    const text = row[name] as string | null;
    return text === null ? null : JSON.parse(text);
  };
  const file: Record<string, unknown> = {};
  for (const name of fileNames) file[name] = jsonNames.has(name) ? json(name) : row[name];
  return file as unknown as ClassifiedFile;
}
const jsonNames = new Set(['notes', 'recorder', 'experts', 'error']);
const fileNames: readonly (keyof ClassifiedFile)[] = [
  ...(['jobId', 'fileId', 'path', 'state', 'bytes', 'modifiedMs', 'sha256', 'format', 'seconds'] as const),
  ...(['sampleRate', 'channels', 'windows', 'classIndex', 'label', 'probability', 'notes'] as const),
  ...(['startMs', 'offsetMinutes', 'timeSource', 'latitude', 'longitude', 'site', 'recorder'] as const),
  ...(['experts', 'readMs', 'modelMs', 'copyOf', 'error'] as const),
];

async function append(
  connection: DuckDBConnection,
  jobId: string,
  files: readonly NewFile[],
): Promise<(NewFile & { fileId: number })[]> {
  const paths = JSON.stringify(files.map(({ path }) => path));
  const known = await connection.runAndReadAll(
    `SELECT path FROM classified_files WHERE job_id = $1 AND path IN (SELECT unnest(json_extract_string($2::JSON, '$[*]')))`,
    [jobId, paths],
  );
  const has = new Set(known.getRowsJS().map(([path]) => path));
  const last = await connection.runAndReadAll(
    'SELECT coalesce(max(file_id), -1)::DOUBLE FROM classified_files WHERE job_id = $1',
    [jobId],
  );
  const first = (last.getRowsJS()[0]![0] as number) + 1;
  const fresh = files.filter(({ path }) => !has.has(path) && has.add(path));
  const listed = fresh.map(({ path, bytes, modifiedMs, unused }, i) => ({
    ...{ path, bytes, modifiedMs, unused },
    fileId: first + i,
  }));
  await appendAll(connection, 'classified_files', listed, ({ unused, ...file }, row) =>
    appendFile(row, { ...unheard, state: 'waiting', ...unused, ...file, jobId }),
  );
  return listed;
}

async function removeFiles(
  connection: DuckDBConnection,
  jobId: string,
  results: readonly FileResults[],
): Promise<void> {
  const ids = JSON.stringify(results.map(({ file }) => file.fileId));
  for (const table of ['kept_windows', 'detections', 'classify_parts', 'classified_files'])
    await connection.run(
      `DELETE FROM ${table} WHERE job_id = $1 AND file_id IN (SELECT unnest(from_json($2::JSON, '["UINTEGER"]')))`,
      [jobId, ids],
    );
}

async function appendAll<T>(
  connection: DuckDBConnection,
  table: string,
  all: readonly T[],
  write: (one: T, row: Row) => void,
): Promise<void> {
  if (all.length === 0) return;
  const appender = await connection.createAppender(table);
  const row = new Row(appender);
  for (const one of all) {
    write(one, row);
    appender.endRow();
  }
  appender.closeSync();
}

/** One row, column by column. */
class Row {
  constructor(private readonly appender: DuckDBAppender) {}

  text(value: string | null): this {
    if (value === null) this.appender.appendNull();
    else this.appender.appendVarchar(value);
    return this;
  }

  json(value: object | null): this {
    return this.text(value && JSON.stringify(value));
  }

  number(value: number | null): this {
    if (value === null) this.appender.appendNull();
    else this.appender.appendDouble(value);
    return this;
  }

  single(value: number | null): this {
    if (value === null) this.appender.appendNull();
    else this.appender.appendFloat(value);
    return this;
  }

  whole(value: number): this {
    this.appender.appendUInteger(value);
    return this;
  }

  small(value: number | null): this {
    if (value === null) this.appender.appendNull();
    else this.appender.appendSmallInt(value);
    return this;
  }

  tiny(value: number | null): this {
    if (value === null) this.appender.appendNull();
    else this.appender.appendUTinyInt(value);
    return this;
  }
}

function appendFile(row: Row, file: ClassifiedFile): void {
  row.text(file.jobId).whole(file.fileId).text(file.path).text(file.state).number(file.bytes);
  row.number(file.modifiedMs).text(file.sha256).text(file.format).number(file.seconds).whole(file.sampleRate);
  row
    .whole(file.channels)
    .whole(file.windows)
    .small(file.classIndex)
    .text(file.label)
    .single(file.probability);
  row.json(file.notes).number(file.startMs).small(file.offsetMinutes).text(file.timeSource);
  row.number(file.latitude).number(file.longitude).text(file.site).json(file.recorder).json(file.experts);
  row.number(file.readMs).number(file.modelMs).text(file.copyOf).json(file.error);
}

function appendDetection(row: Row, one: Detection): void {
  row
    .text(one.jobId)
    .whole(one.fileId)
    .whole(one.number)
    .tiny(one.channel)
    .number(one.startS)
    .number(one.endS);
  row.number(one.atMs).small(one.classIndex).text(one.label).single(one.confidence).single(one.peak);
  row.number(one.peakS).whole(one.windows).whole(one.calls).text(one.expert).single(one.curiosity);
  row.single(one.entropy);
}

function appendWindow(row: Row, jobId: string, one: KeptWindow): void {
  row.text(jobId).whole(one.fileId).tiny(one.channel).whole(one.window).small(one.classIndex);
  row.single(one.probability).tiny(one.place).single(one.curiosity).single(one.entropy);
}
