import { decided, type Values } from './filter-sql.ts';

/** Runs one statement. @returns its rows by the names of their columns */
export type Query = (sql: string, values: Values) => Promise<Record<string, unknown>[]>;

/** Detections `d` with their files `f` and what was decided of them, `r`. */
export const joined = `detections d JOIN classified_files f ON f.job_id = d.job_id AND f.file_id = d.file_id
  ${decided}`;
