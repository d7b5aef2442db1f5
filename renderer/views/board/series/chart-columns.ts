/** A series as the columns that are drawn: of each line its least, its most, and its mean. */
import type { Series, SeriesBucket } from '../../../../main/contract/types.ts';

/** `null` cuts the line, `undefined` is of another line's time and cuts nothing. */
type Value = number | null | undefined;

/** Times, then three columns a line. */
export type Columns = [times: number[], ...values: Value[][]];

/** Buckets this many times further apart than they mostly are have something missing between them. */
const farApart = 3;

export function columnsOf({ lines, everyMs }: Pick<Series, 'lines' | 'everyMs'>): Columns {
  const places = lines.map(({ buckets }) => placesOf(buckets, everyMs));
  const times = [...new Set(places.flatMap(({ at, holes }) => [...at.keys(), ...holes.map(middle)]))].sort(
    (a, b) => a - b,
  );
  const column = ({ at, holes }: Places, figure: 'min' | 'max' | 'mean'): Value[] =>
    times.map((time) => {
      const bucket = at.get(time);
      if (bucket) return bucket[figure];
      return holes.some(([from, to]) => time > from && time < to) ? null : undefined;
    });
  return [times, ...places.flatMap((one) => [column(one, 'min'), column(one, 'max'), column(one, 'mean')])];
}

type Hole = readonly [fromMs: number, toMs: number];
const middle = ([from, to]: Hole): number => (from + to) / 2;

interface Places {
  /** By the middle of each bucket. */
  at: Map<number, SeriesBucket>;
  /** Between the middles of two. */
  holes: Hole[];
}

function placesOf(buckets: readonly SeriesBucket[], everyMs: number): Places {
  const apart = buckets.slice(1).map(({ atMs }, i) => atMs - buckets[i]!.atMs);
  const usual = [...apart].sort((a, b) => a - b)[Math.floor(apart.length / 2)] ?? everyMs;
  const half = everyMs / 2;
  return {
    at: new Map(buckets.map((bucket) => [bucket.atMs + half, bucket])),
    holes: apart.flatMap((ms, i) =>
      ms > farApart * usual ? [[buckets[i]!.atMs + half, buckets[i + 1]!.atMs + half] as const] : [],
    ),
  };
}

/** Over all lines and buckets; null of nothing. */
export function totalOf({ lines }: Pick<Series, 'lines'>): Omit<SeriesBucket, 'atMs'> | null {
  const all = lines.flatMap(({ buckets }) => buckets);
  if (all.length === 0) return null;
  const records = all.reduce((sum, bucket) => sum + bucket.records, 0);
  return {
    records,
    min: all.reduce((least, { min }) => Math.min(least, min), Infinity),
    max: all.reduce((most, { max }) => Math.max(most, max), -Infinity),
    mean: all.reduce((sum, bucket) => sum + bucket.records * bucket.mean, 0) / records,
  };
}
