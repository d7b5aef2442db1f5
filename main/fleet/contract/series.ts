/** A board's figures over time, and the classes that it heard: the fleet's part of the contract. */
import * as v from 'valibot';
import type { Source } from '../../contract/lab.ts';
import { forViewers } from '../../contract/roles.ts';
import { id, whole } from '../../contract/schemas.ts';
import { figureNames, type Figure } from './figure-words.ts';

/** The most buckets that one answer holds. */
export const mostPoints = 5000;

/** What one stretch of a series says; of no records there is none. */
export interface SeriesBucket {
  /** Beginning, milliseconds since 1970; it is as long as the series' `everyMs`. */
  atMs: number;
  /** Records that have the figure. */
  records: number;
  min: number;
  max: number;
  mean: number;
}

/** Of what comes from one source: sources are never mixed. */
export interface SeriesLine {
  /** Null for figures that boards do not tell the source of. */
  source: Source | null;
  /** Oldest first. */
  buckets: SeriesBucket[];
}

export interface Series {
  boardId: string;
  figure: Figure;
  /** What it was read from: the coarsest that is fine enough, or the finest that is kept of that time. */
  level: 'records' | 'minutes' | 'hours';
  everyMs: number;
  /** Whole buckets: from the one to before the other. */
  fromMs: number;
  toMs: number;
  lines: SeriesLine[];
}

/** What a board heard, by stretches of an hour or more. */
export interface ClassTimeline {
  boardId: string;
  everyMs: number;
  fromMs: number;
  toMs: number;
  /** The most frequent first; null: records of no class, or of one that nobody has named to the lab. */
  classes: { name: string | null; records: number }[];
  /** Oldest first; counts in the order of the classes. */
  buckets: { atMs: number; records: number[] }[];
}

const time = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(8.64e15));
const stretch = { boardId: id, fromMs: time, toMs: time, points: whole(1, mostPoints) };
const forwards = <T extends { fromMs: number; toMs: number }>({ fromMs, toMs }: T): boolean => fromMs < toMs;
const backwards = 'the stretch ends before it begins: toMs must be after fromMs';

export const seriesRequests = {
  /** Smallest, largest and mean of a figure, in at most so many buckets (and one more, where the ends cut two). */
  'telemetry.series': forViewers(
    v.pipe(v.strictObject({ ...stretch, figure: v.picklist(figureNames) }), v.check(forwards, backwards)),
  ),
  /** How often a board heard each class, alike. */
  'telemetry.classes': forViewers(v.pipe(v.strictObject(stretch), v.check(forwards, backwards))),
} as const;

export interface SeriesResults {
  'telemetry.series': Series;
  'telemetry.classes': ClassTimeline;
}
