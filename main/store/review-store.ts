/** Review sets, and what people decided of their detections. */
import type {
  AppliedThresholds,
  ReviewDecision,
  ReviewItem,
  ReviewSet,
  Stratum,
} from '../review/contract/rows.ts';
import type { DrawnItem, ReviewStore } from '../review/review-store.ts';
import type { Store } from './open-store.ts';

type Values = Record<string, string | number | null>;

export function reviewStore(store: Store): ReviewStore {
  const reading = (sql: string, values: Values): Promise<Record<string, unknown>[]> =>
    store.reading(async (connection) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS());
  const sets = async (where: string, values: Values): Promise<ReviewSet[]> => {
    const found = await reading(
      `SELECT s.id, s.job_id AS "jobId", s.created_ms AS "createdMs", s.seed, s.size, s.strata::VARCHAR AS strata,
         to_json((SELECT list({reviewer: reviewer, decided: decided} ORDER BY reviewer) FROM (
           SELECT reviewer, count(DISTINCT number) AS decided FROM review_decisions
           WHERE set_id = s.id AND undone_ms IS NULL GROUP BY reviewer)))::VARCHAR AS reviewers
       FROM review_sets s WHERE ${where}`,
      values,
    );
    return found.map(setOf);
  };

  return {
    async strata(jobId, labels, edges) {
      const bin = binSql(edges);
      const found = await reading(
        `SELECT d.label, ${bin.sql} AS bin, count(*)::DOUBLE AS population FROM detections d
         WHERE d.job_id = $job
           AND ($labels IS NULL OR list_contains(json_extract_string($labels::JSON, '$[*]'), d.label))
         GROUP BY d.label, bin ORDER BY d.label, bin`,
        { ...bin.values, job: jobId, labels: labels ? JSON.stringify(labels) : null },
      );
      return found.map(({ label, bin: at, population }): Stratum => {
        const i = at as number;
        return {
          ...{ label: label as string, from: i === 0 ? 0 : edges[i - 1]!, to: edges[i] ?? 1 },
          ...{ population: population as number, drawn: 0 },
        };
      });
    },

    async draw(jobId, strata, edges, seed) {
      const bin = binSql(edges);
      const keyOf = (label: unknown, at: number) => JSON.stringify([label, at]);
      const places = new Map(
        strata.map(({ label, from }, i) => [keyOf(label, edges.indexOf(from) + 1), i] as const),
      );
      const wished = Object.fromEntries([...places].map(([key, i]) => [key, strata[i]!.drawn]));
      // By a hash that is the same in every version of DuckDB.
      const found = await reading(
        `SELECT d.file_id AS "fileId", d.number AS detection, d.label, ${bin.sql} AS bin FROM detections d
         WHERE d.job_id = $job AND list_contains(json_extract_string($labels::JSON, '$[*]'), d.label)
         QUALIFY row_number() OVER (
           PARTITION BY d.label, bin ORDER BY md5(concat_ws(':', $seed, d.file_id, d.number)), d.file_id, d.number
         ) <= $most
         ORDER BY d.label, bin, md5(concat_ws(':', $seed, d.file_id, d.number)), d.file_id, d.number`,
        {
          ...{ ...bin.values, job: jobId, seed, most: Math.max(...strata.map(({ drawn }) => drawn)) },
          labels: JSON.stringify([...new Set(strata.map(({ label }) => label))]),
        },
      );
      return found.flatMap(({ label, bin: at, ...one }): DrawnItem[] => {
        const key = keyOf(label, at as number);
        if (!(wished[key]! > 0)) return [];
        wished[key]! -= 1;
        return [{ ...one, stratum: places.get(key)! } as DrawnItem];
      });
    },

    keep: ({ id, jobId, createdMs, seed, size, strata }, items) =>
      store.transaction(async (connection) => {
        await connection.run('INSERT INTO review_sets VALUES ($1, $2, $3, $4, $5, $6)', [
          ...[id, jobId, createdMs, seed, size, JSON.stringify(strata)],
        ]);
        const appender = await connection.createAppender('review_items');
        for (const [number, { stratum, fileId, detection }] of items.entries()) {
          appender.appendVarchar(id);
          for (const value of [number, stratum, fileId, detection]) appender.appendUInteger(value);
          appender.endRow();
        }
        appender.closeSync();
      }),

    list: ({ jobId, after, limit }) =>
      sets(
        `($job IS NULL OR s.job_id = $job) AND ($after IS NULL
           OR (s.created_ms, s.id) < (SELECT (created_ms, id) FROM review_sets WHERE id = $after))
         ORDER BY s.created_ms DESC, s.id DESC LIMIT $limit`,
        { job: jobId ?? null, after: after ?? null, limit },
      ),

    get: async (setId) => (await sets('s.id = $id', { id: setId }))[0] ?? null,

    beginning: (letters) => sets('starts_with(s.id, $letters) ORDER BY s.id LIMIT 10', { letters }),

    async items(setId, { after, limit }) {
      const found = await reading(
        `SELECT i.number AS item, i.stratum, d.file_id AS "fileId", d.number, f.path, d.channel, d.start_s AS "startS",
           d.end_s AS "endS", d.at_ms AS "atMs", d.label, d.peak, d.peak_s AS "peakS", f.seconds, f.sample_rate AS "sampleRate", f.channels,
           to_json(r.decisions)::VARCHAR AS decisions
         FROM review_items i JOIN review_sets s ON s.id = i.set_id
           JOIN detections d ON d.job_id = s.job_id AND d.file_id = i.file_id AND d.number = i.detection
           JOIN classified_files f ON f.job_id = s.job_id AND f.file_id = i.file_id
           LEFT JOIN (
             SELECT number, list({reviewer: reviewer, verdict: verdict, label: label, atMs: at_ms} ORDER BY place) AS decisions
             FROM (
               SELECT * FROM review_decisions
               WHERE set_id = $id AND number > $after AND number <= $after + $limit AND undone_ms IS NULL
               QUALIFY row_number() OVER (PARTITION BY number, reviewer ORDER BY place DESC) = 1
             ) GROUP BY number
           ) r ON r.number = i.number
         WHERE i.set_id = $id AND i.number > $after AND i.number <= $after + $limit ORDER BY i.number`,
        { id: setId, after: (after ?? 0) - 1, limit },
      );
      return found.map(({ item, stratum, decisions, seconds, sampleRate, channels, ...detection }) => ({
        ...{ number: told(item as number), stratum: stratum as number },
        detection: detection as unknown as ReviewItem['detection'],
        file: { seconds, sampleRate, channels } as ReviewItem['file'],
        decisions: JSON.parse((decisions as string | null) ?? '[]') as ReviewDecision[],
      }));
    },

    decide: (setId, number, { reviewer, verdict, label, atMs }) =>
      store.transaction(async (connection) => {
        await connection.run(
          `INSERT INTO review_decisions
           SELECT (SELECT coalesce(max(place), 0) + 1 FROM review_decisions), i.set_id, i.number, s.job_id, i.file_id,
             i.detection, $reviewer, $verdict, $label, $at, NULL
           FROM review_items i JOIN review_sets s ON s.id = i.set_id WHERE i.set_id = $id AND i.number = $number`,
          { id: setId, number: number - 1, reviewer, verdict, label, at: atMs },
        );
      }),

    undo: (setId, reviewer, atMs) =>
      store.transaction(async (connection) => {
        const [last] = (
          await connection.runAndReadAll(
            `SELECT place, number FROM review_decisions WHERE set_id = $id AND reviewer = $reviewer AND undone_ms IS NULL
             ORDER BY place DESC LIMIT 1`,
            { id: setId, reviewer },
          )
        ).getRowObjectsJS();
        if (!last) return null;
        await connection.run('UPDATE review_decisions SET undone_ms = $at WHERE place = $place', {
          ...{ at: atMs, place: last['place'] as number },
        });
        return told(last['number'] as number);
      }),

    apply: (jobId, thresholds) =>
      store.deletion(async (connection) => {
        await connection.run('DELETE FROM review_thresholds WHERE job_id = $1', [jobId]);
        if (thresholds === null) return;
        const { setId, atMs, precision, rule, classes } = thresholds;
        for (const { label, least } of classes)
          await connection.run('INSERT INTO review_thresholds VALUES ($1, $2, $3, $4, $5, $6, $7)', [
            ...[jobId, setId, atMs, precision, rule, label, least],
          ]);
      }),

    async applied(jobId) {
      const found = await reading(
        `SELECT set_id AS "setId", at_ms AS "atMs", precision, rule, label, least FROM review_thresholds
         WHERE job_id = $job ORDER BY label`,
        { job: jobId },
      );
      if (found.length === 0) return null;
      const { setId, atMs, precision, rule } = found[0]!;
      const classes = found.map(({ label, least }) => ({ label, least }));
      return { jobId, setId, atMs, precision, rule, classes } as AppliedThresholds;
    },
  };
}

/** Items are numbered from 1 wherever they are told of, and kept from 0. */
const told = (kept: number): number => kept + 1;

/** Of a detection `d`, how many edges its peak reaches. Probabilities are binary32: a kept 0.7 reaches 0.7. */
const binSql = (edges: readonly number[]): { sql: string; values: Values } => ({
  sql: `(0${edges.map((_, i) => ` + (d.peak >= $edge${i}::FLOAT)::INTEGER`).join('')})`,
  values: Object.fromEntries(edges.map((edge, i) => [`edge${i}`, edge])),
});

function setOf({ strata, reviewers, ...same }: Record<string, unknown>): ReviewSet {
  return {
    ...same,
    strata: JSON.parse(strata as string) as unknown,
    reviewers: JSON.parse((reviewers as string | null) ?? '[]') as unknown,
  } as ReviewSet;
}
