/** Into how long buckets a stretch of time is cut, and from which level of the roll-ups they are read. */
import type { Series } from '../../fleet/contract/series.ts';
import { dayMs, hourMs, minuteMs } from './features.ts';

/** Lengths that divide each other's clock times, so that buckets stay where they are when a view moves. Milliseconds. */
const lengths = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => 1000 * seconds),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minuteMs * minutes),
  ...[1, 2, 3, 6, 12].map((hours) => hourMs * hours),
  ...[1, 2, 5, 10, 30, 60, 120, 360].map((days) => dayMs * days),
];

export const levelLengths: Record<Series['level'], number> = { records: 0, minutes: minuteMs, hours: hourMs };

/** Finest first. */
export const levelNames = Object.keys(levelLengths) as Series['level'][];

/** A level will do that has at least this share of the buckets that were asked for: spikes survive in any. */
const enough = 0.25;

/** The coarsest level that will do. @param spanMs above 0 @param points buckets that were asked for */
export function levelFor(spanMs: number, points: number): Series['level'] {
  if (spanMs / hourMs >= enough * points) return 'hours';
  if (spanMs / minuteMs >= enough * points) return 'minutes';
  return 'records';
}

/** @returns milliseconds: the shortest length of which no more than `points` go into the span, and no finer than `leastMs` */
export function bucketLength(spanMs: number, points: number, leastMs: number): number {
  const wanted = Math.max(spanMs / points, leastMs);
  return lengths.find((one) => one >= wanted) ?? Math.ceil(wanted / dayMs) * dayMs;
}

/** The whole buckets that a stretch touches. */
export function wholeBuckets(fromMs: number, toMs: number, everyMs: number): [fromMs: number, toMs: number] {
  return [Math.floor(fromMs / everyMs) * everyMs, Math.ceil(toMs / everyMs) * everyMs];
}
