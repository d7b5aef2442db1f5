/** Detections and recorded time by the hour, in the local time of each file. */
import type { DetectionFilter, TimelineDay, TimelineHour } from '../../contract/types.ts';
import type { DetectionStore } from '../../detections/detection-store.ts';
import { filterSql } from './filter-sql.ts';
import { joined, type Query } from './query.ts';

/** Hours since 1970 in local time, of which a file has so many; a night's begin at noon. */
export async function timelineOf(
  query: Query,
  jobId: string,
  filter: DetectionFilter,
  { by, after, limit }: Parameters<DetectionStore['timeline']>[2],
): Promise<TimelineDay[]> {
  const { file, detection, fileValues, detectionValues } = filterSql(filter);
  const dayOf = (hour: string): string =>
    `(date '1970-01-01' + ((${hour} - ${by === 'night' ? 12 : 0}) // 24)::INTEGER)`;
  const local = 'coalesce(f.offset_minutes, 0) * 60000';
  const { fromMs, toMs } = filter;
  const hours = await query(
    `WITH spans AS (
       SELECT greatest(f.start_ms, $from) + ${local} AS began, least(f.start_ms + f.seconds * 1000, $to) + ${local} AS ended
       FROM classified_files f WHERE f.job_id = $job AND f.state = 'classified' AND f.start_ms IS NOT NULL${file}
     ), parts AS (
       SELECT began, ended, unnest(range(floor(began / 3600000)::BIGINT, ceil(ended / 3600000)::BIGINT)) AS hour
       FROM spans WHERE ended > began
     )
     SELECT strftime(${dayOf('hour')}, '%Y-%m-%d') AS day, hour::DOUBLE AS hour,
       sum(least(ended, (hour + 1) * 3600000.0) - greatest(began, hour * 3600000.0)) / 1000 AS seconds
     FROM parts WHERE ${dayOf('hour')} > $after::DATE GROUP BY hour
     QUALIFY dense_rank() OVER (ORDER BY ${dayOf('hour')}) <= $limit ORDER BY hour`,
    {
      ...{ ...fileValues, job: jobId, from: fromMs ?? -earliest, to: toMs ?? earliest },
      ...{ after: after ?? '0001-01-01', limit },
    },
  );
  if (hours.length === 0) return [];
  const cells = await query(
    `SELECT hour, label, count(*)::DOUBLE AS detections FROM (
       SELECT floor((d.at_ms + ${local}) / 3600000) AS hour, d.label FROM ${joined(filter)}
       WHERE d.job_id = $job AND d.at_ms IS NOT NULL${file}${detection}
     ) WHERE hour BETWEEN $first AND $last GROUP BY hour, label ORDER BY hour, label`,
    {
      ...{ ...fileValues, ...detectionValues, job: jobId },
      ...{ first: hours[0]!['hour'] as number, last: hours.at(-1)!['hour'] as number },
    },
  );
  const found = new Map<number, Record<string, number>>();
  for (const { hour, label, detections } of cells) {
    const one = found.get(hour as number) ?? {};
    one[label as string] = detections as number;
    found.set(hour as number, one);
  }
  const days: TimelineDay[] = [];
  for (const { day, hour, seconds } of hours) {
    if (days.at(-1)?.day !== day) days.push({ day: day as string, hours: [] });
    const own: TimelineHour = {
      hour: (((hour as number) % 24) + 24) % 24,
      recordedS: seconds as number,
      detections: found.get(hour as number) ?? {},
    };
    days.at(-1)!.hours.push(own);
  }
  return days;
}

/** Milliseconds, further than any date. */
const earliest = 8.64e15;
