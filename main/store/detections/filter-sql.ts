/**
 * A filter of detections as DuckDB's conditions: on files `f`, and on detections `d` with what was decided, `r`, and the
 * thresholds of a review, `t`.
 */
import type { DetectionFilter } from '../../contract/types.ts';

export type Values = Record<string, string | number | boolean>;

export interface FilterSql {
  /** Conditions, each beginning with AND; '' where there are none. */
  file: string;
  detection: string;
  /** Of the parameters that they name, by which they are used. */
  fileValues: Values;
  detectionValues: Values;
}

/** What each reviewer decided last of detections. */
const lastOfEach = `SELECT job_id, file_id, detection AS number, verdict, label FROM review_decisions
  WHERE undone_ms IS NULL
  QUALIFY row_number() OVER (PARTITION BY job_id, file_id, detection, reviewer ORDER BY place DESC) = 1`;
/** What most reviewers decided; “unsure” where as many decided otherwise. */
const decisions = `(SELECT job_id, file_id, number, if(next = votes, 'unsure', verdict) AS verdict,
    if(next = votes, NULL, label) AS label
  FROM (SELECT *, lead(votes) OVER most AS next, row_number() OVER most AS rank
    FROM (SELECT job_id, file_id, number, verdict, label, count(*) AS votes FROM (${lastOfEach}) GROUP BY ALL)
    WINDOW most AS (PARTITION BY job_id, file_id, number ORDER BY votes DESC, verdict, label))
  WHERE rank = 1)`;
export const decided = `LEFT JOIN ${decisions} r ON r.job_id = d.job_id AND r.file_id = d.file_id AND r.number = d.number`;

export function filterSql(filter: DetectionFilter): FilterSql {
  const file = new Conditions();
  const detection = new Conditions();
  const measured = filter.measure === 'mean' ? 'd.confidence' : 'd.peak';
  if (filter.sites) {
    const named = filter.sites.filter((site) => site !== null);
    file.add(
      `(${among('f.site', 'sites')}${named.length < filter.sites.length ? ' OR f.site IS NULL' : ''})`,
      {
        sites: JSON.stringify(named),
      },
    );
  }
  if (filter.fileId !== undefined) file.add('f.file_id = $fileId::UINTEGER', { fileId: filter.fileId });
  if (filter.path !== undefined) file.add('contains(lower(f.path), lower($path))', { path: filter.path });
  if (filter.labels) detection.add(among('d.label', 'labels'), { labels: JSON.stringify(filter.labels) });
  if (filter.experts)
    detection.add(among('d.expert', 'experts'), { experts: JSON.stringify(filter.experts) });
  // Probabilities are binary32: 0.7 is not below a kept 0.7.
  if (filter.least !== undefined) detection.add(`${measured} >= $least::FLOAT`, { least: filter.least });
  if (filter.most !== undefined) detection.add(`${measured} <= $most::FLOAT`, { most: filter.most });
  if (filter.fromMs !== undefined) detection.add('d.at_ms >= $fromMs', { fromMs: filter.fromMs });
  if (filter.toMs !== undefined) detection.add('d.at_ms < $toMs', { toMs: filter.toMs });
  if (filter.reviewed)
    detection.add(among("coalesce(r.verdict, 'none')", 'reviewed'), {
      reviewed: JSON.stringify(filter.reviewed),
    });
  if (filter.applied) detection.add('d.peak >= coalesce(t.least, 0)', {});
  return {
    ...{ file: file.sql, detection: detection.sql },
    ...{ fileValues: file.values, detectionValues: detection.values },
  };
}

/** @param list name of a parameter that holds a JSON list of texts */
export const among = (what: string, list: string): string =>
  `${what} IN (SELECT unnest(json_extract_string($${list}::JSON, '$[*]')))`;

class Conditions {
  sql = '';
  readonly values: Values = {};

  add(condition: string, values: Values): void {
    this.sql += ` AND ${condition}`;
    Object.assign(this.values, values);
  }
}
