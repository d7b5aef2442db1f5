import type { DetectionFilter } from '../../contract/types.ts';
import { decided, filterSql, type Values } from './filter-sql.ts';

/** Runs one statement. @returns its rows by the names of their columns */
export type Query = (sql: string, values: Values) => Promise<Record<string, unknown>[]>;

/** From which peak on a review leaves detections of a class, one at most of each; no peak reaches 2. */
const thresholds = `LEFT JOIN (
    SELECT label, coalesce(least, 2)::FLOAT AS least FROM review_thresholds WHERE job_id = $job
  ) t ON t.label = d.label`;

/** Detections `d` with the thresholds `t`, where the filter asks for them. */
export const detectionsOf = ({ applied }: Pick<DetectionFilter, 'applied'>): string =>
  applied ? `detections d ${thresholds}` : 'detections d';

export const withFiles = 'JOIN classified_files f ON f.job_id = d.job_id AND f.file_id = d.file_id';

/** The same with their files `f` and what was decided of them, `r`. */
export const joined = (filter: Pick<DetectionFilter, 'applied'>): string =>
  `${detectionsOf(filter)} ${withFiles} ${decided}`;

/** Of a `ListedDetection`, from `joined`. */
export const detectionColumns = `d.job_id AS "jobId", d.file_id AS "fileId", d.number, f.path, d.channel, d.start_s AS "startS",
  d.end_s AS "endS", d.at_ms AS "atMs", d.class_index AS "classIndex", d.label, d.confidence, d.peak, d.peak_s AS "peakS",
  d.windows, d.calls, d.expert, d.curiosity, d.entropy, f.offset_minutes AS "offsetMinutes", f.site, r.verdict,
  r.label AS "correctedLabel"`;

/** Which detections of a run a filter leaves, of `joined`. */
export function conditions(jobId: string, filter: DetectionFilter): { where: string; values: Values } {
  const { file, detection, fileValues, detectionValues } = filterSql(filter);
  return {
    where: `d.job_id = $job${file}${detection}`,
    values: { ...fileValues, ...detectionValues, job: jobId },
  };
}
