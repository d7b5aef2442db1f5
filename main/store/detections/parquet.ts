/** Detections as Parquet, written by DuckDB itself. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DetectionFilter } from '../../contract/types.ts';
import { literal } from '../files.ts';
import { filterSql } from './filter-sql.ts';
import { joined } from './query.ts';

/** Names in snake case, as readers of columns like them; times as timestamps in UTC. */
const columns = `f.path, d.number, d.channel, d.start_s, d.end_s, make_timestamp((d.at_ms * 1000)::BIGINT) AS begins_utc,
  make_timestamp(((d.at_ms + f.offset_minutes * 60000) * 1000)::BIGINT) AS begins_local, d.label, d.class_index,
  d.confidence, d.peak, d.peak_s, d.windows, d.calls, d.expert, d.curiosity, d.entropy, r.verdict,
  r.label AS corrected_label, f.site, f.latitude, f.longitude, f.seconds AS file_seconds, f.windows AS file_windows,
  f.label AS file_label, f.probability AS file_probability, f.format, f.sample_rate, f.channels, f.bytes, f.sha256,
  make_timestamp((f.start_ms * 1000)::BIGINT) AS file_begins_utc, f.offset_minutes AS utc_offset_minutes, f.time_source,
  f.recorder::VARCHAR AS recorder, f.notes::VARCHAR AS notes`;

/** @returns how many rows @throws what DuckDB does, where the disk is full for one */
export async function writeParquet(
  connection: DuckDBConnection,
  jobId: string,
  filter: DetectionFilter,
  file: string,
): Promise<number> {
  const { file: ofFile, detection, fileValues, detectionValues } = filterSql(filter);
  const result = await connection.runAndReadAll(
    `COPY (SELECT ${columns} FROM ${joined(filter)} WHERE d.job_id = $job${ofFile}${detection} ORDER BY d.file_id, d.number)
     TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
    { ...fileValues, ...detectionValues, job: jobId },
  );
  return Number(result.getRowsJS()[0]![0]);
}
