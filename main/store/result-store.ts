/** What classification found, in DuckDB. */
import type { ClassifiedFile, Detection } from '../contract/types.ts';
import type { ResultStore } from '../jobs/classify/result-store.ts';
import type { Store } from './open-store.ts';

const fileColumns = `job_id AS "jobId", path, seconds, sample_rate AS "sampleRate", channels, windows,
  class_index AS "classIndex", label, probability, damage`;

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

  async files(jobId) {
    const rows = await store.transaction(async (connection) => {
      const sql = `SELECT ${fileColumns} FROM classified_files WHERE job_id = $1 ORDER BY rowid`;
      return (await connection.runAndReadAll(sql, [jobId])).getRowObjectsJS();
    });
    return rows as unknown as ClassifiedFile[];
  },

  async detections(jobId, path) {
    const rows = await store.transaction(async (connection) => {
      const sql = `SELECT d.job_id AS "jobId", d.path, start_s AS "startS", end_s AS "endS", d.label, confidence
        FROM detections d JOIN classified_files f ON f.job_id = d.job_id AND f.path = d.path
        WHERE d.job_id = $1 ${path === undefined ? '' : 'AND d.path = $2'} ORDER BY f.rowid, start_s`;
      return (
        await connection.runAndReadAll(sql, path === undefined ? [jobId] : [jobId, path])
      ).getRowObjectsJS();
    });
    return rows as unknown as Detection[];
  },
});
