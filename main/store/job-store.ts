/** Jobs and their checkpoints in DuckDB. */
import type { JobRecord, JobStore } from '../jobs/job-store.ts';
import type { Store } from './open-store.ts';

export const jobStore = (store: Store): JobStore => ({
  async saveJob(record) {
    await store.transaction((connection) =>
      connection.run(
        `INSERT INTO jobs (id, record) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
        [record.job.id, JSON.stringify(record)],
      ),
    );
  },
  async saveCheckpoint(jobId, checkpoint) {
    await store.transaction((connection) =>
      connection.run('UPDATE jobs SET checkpoint = $2 WHERE id = $1', [jobId, JSON.stringify(checkpoint)]),
    );
  },
  async deleteJob(jobId) {
    await store.transaction((connection) => connection.run('DELETE FROM jobs WHERE id = $1', [jobId]));
  },
  async loadJobs() {
    const rows = await store.transaction(async (connection) => {
      const read = await connection.runAndReadAll(
        'SELECT record::VARCHAR AS record, checkpoint::VARCHAR AS checkpoint FROM jobs',
      );
      return read.getRowObjectsJS();
    });
    return rows
      .map((row) => ({
        record: JSON.parse(row['record'] as string) as JobRecord,
        checkpoint: row['checkpoint'] === null ? null : (JSON.parse(row['checkpoint'] as string) as unknown),
      }))
      .sort((a, b) => a.record.job.createdMs - b.record.job.createdMs);
  },
});
