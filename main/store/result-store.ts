/** What classification found, in DuckDB. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { CurlewError } from '../contract/error.ts';
import type { ClassifiedFile, Detection } from '../contract/types.ts';
import type { ResultStore } from '../jobs/classify/result-store.ts';
import type { Store } from './open-store.ts';

const fileColumns = `job_id AS "jobId", path, seconds, sample_rate AS "sampleRate", channels, windows,
  class_index AS "classIndex", f.label, probability, damage`;
const detectionColumns = `job_id AS "jobId", path, start_s AS "startS", end_s AS "endS", d.label, confidence`;

export const resultStore = (store: Store): ResultStore => ({
  async putFile(file, detections) {
    await store.transaction(async (connection) => {
      const where = 'WHERE job_id = $1 AND path = $2';
      await connection.run(`DELETE FROM detections ${where}`, [file.jobId, file.path]);
      const before = await connection.runAndReadAll(`SELECT 1 FROM classified_files ${where}`, [
        file.jobId,
        file.path,
      ]);
      const values = [
        file.jobId,
        file.path,
        file.seconds,
        file.sampleRate,
        file.channels,
        file.windows,
        file.classIndex,
      ];
      // An update in place keeps a file classified again where it stood.
      await connection.run(
        before.currentRowCount > 0
          ? `UPDATE classified_files SET seconds = $3, sample_rate = $4, channels = $5, windows = $6, class_index = $7,
               label = $8, probability = $9, damage = $10 ${where}`
          : 'INSERT INTO classified_files VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
        [...values, file.label, file.probability, file.damage],
      );
      const appender = await connection.createAppender('detections');
      for (const detection of detections) {
        appender.appendVarchar(detection.jobId);
        appender.appendVarchar(detection.path);
        appender.appendDouble(detection.startS);
        appender.appendDouble(detection.endS);
        appender.appendVarchar(detection.label);
        appender.appendFloat(detection.confidence);
        appender.endRow();
      }
      appender.closeSync();
    });
  },

  async files(jobId, { after, limit }) {
    const rows = await store.transaction(async (connection) => {
      const place = after === undefined ? -1 : await placeOf(connection, jobId, after);
      const sql = `SELECT ${fileColumns} FROM classified_files f WHERE job_id = $1 AND rowid > $2 ORDER BY rowid LIMIT $3`;
      return (await connection.runAndReadAll(sql, [jobId, place, limit])).getRowObjectsJS();
    });
    return rows as unknown as ClassifiedFile[];
  },

  async detections(jobId, { path, after, limit }) {
    const rows = await store.transaction(async (connection) => {
      const place = after === undefined ? -1 : await placeOf(connection, jobId, after.path);
      const sql = `SELECT ${detectionColumns} FROM classified_files f JOIN detections d USING (job_id, path)
        WHERE ${isAfter} ${path === undefined ? '' : 'AND path = $5'} ${inOrder}`;
      const values = [jobId, place, after?.startS ?? null, limit];
      const found = await connection.runAndReadAll(sql, path === undefined ? values : [...values, path]);
      return found.getRowObjectsJS();
    });
    return rows as unknown as Detection[];
  },

  async rows(jobId, { after, limit }) {
    const rows = await store.transaction(async (connection) => {
      const place = after === undefined ? -1 : await placeOf(connection, jobId, after.path);
      const sql = `SELECT ${fileColumns}, start_s AS "startS", end_s AS "endS", d.label AS found, confidence
        FROM classified_files f LEFT JOIN detections d USING (job_id, path) WHERE ${isAfter} ${inOrder}`;
      const found = await connection.runAndReadAll(sql, [jobId, place, after?.startS ?? null, limit]);
      return found.getRowObjectsJS();
    });
    return rows.map(({ startS, endS, found, confidence, ...about }) => {
      const file = about as unknown as ClassifiedFile;
      const detection = { jobId, path: file.path, startS, endS, label: found, confidence };
      return { file, detection: startS === null ? null : (detection as Detection) };
    });
  },

  async counts(jobId) {
    const [row] = await store.transaction(async (connection) => {
      const sql = `SELECT (SELECT count(*) FROM classified_files WHERE job_id = $1)::DOUBLE,
        (SELECT count(*) FROM detections WHERE job_id = $1)::DOUBLE`;
      return (await connection.runAndReadAll(sql, [jobId])).getRowsJS();
    });
    const [files, detections] = row as [number, number];
    return { files, detections };
  },

  async remove(jobId) {
    await store.transaction(async (connection) => {
      for (const table of ['detections', 'classified_files'])
        await connection.run(`DELETE FROM ${table} WHERE job_id = $1`, [jobId]);
    });
  },
});

/** $1 the job, $2 the place of the file before, -1 for none, $3 the time in it, $4 how many. */
const isAfter = 'job_id = $1 AND (f.rowid > $2 OR (f.rowid = $2 AND start_s > $3::DOUBLE))';
const inOrder = 'ORDER BY f.rowid, start_s LIMIT $4';

async function placeOf(connection: DuckDBConnection, jobId: string, path: string): Promise<number> {
  const sql = 'SELECT rowid::DOUBLE FROM classified_files WHERE job_id = $1 AND path = $2';
  const [row] = (await connection.runAndReadAll(sql, [jobId, path])).getRowsJS();
  if (row) return row[0] as number;
  throw new CurlewError('REQUEST_INVALID', `The job has no results of ${path} after which to go on.`, {
    jobId,
    path,
  });
}
