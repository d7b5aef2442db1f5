/** How often a board heard each class, by the hour or by several. */
import type { ClassTimeline } from '../../fleet/contract/series.ts';
import { literal } from '../files.ts';
import type { KnownImages } from '../known-images.ts';
import type { Store } from '../open-store.ts';
import { bucketLength, wholeBuckets } from './buckets.ts';
import { hourMs } from './features.ts';
import { binRows, unrolled } from './roll.ts';

export interface ClassesWish {
  boardId: string;
  /** Milliseconds since 1970: from the one to before the other. */
  fromMs: number;
  toMs: number;
  /** Buckets at most, and one more where the ends cut two. */
  points: number;
}

/** Classes of one name are one, whichever expert heard them. */
export async function classTimeline(
  store: Store,
  images: Pick<KnownImages, 'namesOf'>,
  { boardId, fromMs, toMs, points }: ClassesWish,
): Promise<ClassTimeline> {
  const everyMs = bucketLength(toMs - fromMs, points, hourMs);
  const [startMs, endMs] = wholeBuckets(fromMs, toMs, everyMs);
  const within = `board_id = ${literal(boardId)} AND at_ms >= ${startMs} AND at_ms < ${endMs}`;
  const read = await store.reading((connection) =>
    connection.runAndReadAll(
      `SELECT floor(at_ms / ${everyMs}) * ${everyMs} AS begins, expert, bin, sum(records)::DOUBLE AS records FROM (
         SELECT at_ms, expert, bin, records FROM telemetry_bins WHERE distribution = 'class' AND ${within}
         UNION ALL SELECT at_ms, expert, bin, records FROM (${binRows(['class'], `${unrolled} AND ${within}`)})
       ) GROUP BY ALL ORDER BY begins`,
    ),
  );
  const heard = (read.getRowsJS() as [number, string, number, number][]).map(
    ([atMs, expert, classIndex, records]) => ({
      atMs,
      records,
      name: images.namesOf({ expert, classIndex }).className,
    }),
  );
  const totals = new Map<string | null, number>();
  for (const { name, records } of heard) totals.set(name, (totals.get(name) ?? 0) + records);
  const classes = [...totals]
    .sort(([a, n], [b, m]) => m - n || (a ?? '').localeCompare(b ?? '', 'en'))
    .map(([name, records]) => ({ name, records }));
  const place = new Map(classes.map(({ name }, at) => [name, at]));
  const buckets = new Map<number, number[]>();
  for (const { atMs, name, records } of heard) {
    const counts = buckets.get(atMs) ?? new Array<number>(classes.length).fill(0);
    buckets.set(atMs, counts);
    counts[place.get(name)!]! += records;
  }
  return {
    ...{ boardId, everyMs, fromMs: startMs, toMs: endMs, classes },
    buckets: [...buckets].map(([atMs, records]) => ({ atMs, records })),
  };
}
