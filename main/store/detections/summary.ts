/** What a run found, counted by class, site and expert. */
import type { ClassSummary, DetectionFilter, DetectionSummary } from '../../contract/types.ts';
import { filterSql } from './filter-sql.ts';
import { joined, type Query } from './query.ts';

export async function summaryOf(
  query: Query,
  jobId: string,
  filter: DetectionFilter,
): Promise<DetectionSummary> {
  const { file, detection, fileValues, detectionValues } = filterSql(filter);
  const values = { ...fileValues, ...detectionValues, job: jobId };
  const from = `FROM ${joined(filter)} WHERE d.job_id = $job${file}${detection}`;
  const classes = await query(
    `SELECT d.label, count(*)::DOUBLE AS detections, count(DISTINCT d.file_id)::DOUBLE AS files,
       sum(d.end_s - d.start_s) AS seconds
     ${from} GROUP BY d.label ORDER BY detections DESC, d.label`,
    values,
  );
  const bySite = await query(
    `SELECT d.label, f.site, count(*)::DOUBLE AS detections ${from}
     GROUP BY d.label, f.site ORDER BY detections DESC, f.site`,
    values,
  );
  const [all] = await query(
    `SELECT count(*)::DOUBLE AS detections, count(DISTINCT d.file_id)::DOUBLE AS files,
       count(*) FILTER (d.at_ms IS NULL)::DOUBLE AS untimed ${from}`,
    values,
  );
  const experts = await query(
    `SELECT d.expert, count(*)::DOUBLE AS detections ${from} GROUP BY d.expert ORDER BY detections DESC, d.expert`,
    values,
  );
  const sites = await query(
    `SELECT f.site, count(*)::DOUBLE AS files, sum(f.seconds) AS "recordedS",
       count(*) FILTER (f.start_ms IS NULL)::DOUBLE AS untimed
     FROM classified_files f WHERE f.job_id = $job AND f.state = 'classified'${file} GROUP BY f.site ORDER BY f.site`,
    { ...fileValues, job: jobId },
  );
  const sitesOf = new Map<unknown, ClassSummary['sites']>();
  for (const { label, site, detections } of bySite) {
    const own = sitesOf.get(label) ?? [];
    own.push({ site: site as string | null, detections: detections as number });
    sitesOf.set(label, own);
  }
  const untimed = sites.reduce((sum, one) => sum + (one['untimed'] as number), 0);
  return {
    detections: all!['detections'] as number,
    files: all!['files'] as number,
    classes: classes.map(
      (one) => ({ ...one, sites: sitesOf.get(one['label']) ?? [] }) as unknown as ClassSummary,
    ),
    experts: experts as unknown as DetectionSummary['experts'],
    sites: sites.map(({ site, files, recordedS }) => ({
      site,
      files,
      recordedS,
    })) as DetectionSummary['sites'],
    withoutTime: { files: untimed, detections: all!['untimed'] as number },
  };
}
