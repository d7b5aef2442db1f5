/** How loud it was at boards in their last hours, and at these hours of day before: microphones are judged by it. */
import { literal } from './files.ts';
import { inPieces } from './in-pieces.ts';
import type { Store } from './open-store.ts';
import { dayMs, hourMs } from './rollups/features.ts';
import { rows, unrolled } from './rollups/roll.ts';

/** What a board told in an hour, with the hour's past. */
export interface HeardHour {
  boardId: string;
  /** Hours since 1970. */
  hour: number;
  /** Means of decibels and of shares; the noise floor is null where no record tells it. */
  noiseFloorDb: number | null;
  levelDb: number;
  quietestDb: number;
  loudestDb: number;
  clippedShare: number | null;
  /** Of the noise floors at this hour of day before: median, median distance from it, and how many days. */
  usualDb: number | null;
  spreadDb: number | null;
  days: number;
  /** Of the noise floors of all hours before the lowest hundredth; null without any. */
  lowestDb: number | null;
}

/** Of each board, its hours in order of time, one figure after another as `unpackHours` tells them; NaN for none. */
export type HeardHours = ReadonlyMap<string, readonly number[]>;

/** Hours of a board that are looked at, so that neighbours' are among them; fewer records in one say nothing. */
const lastHours = 6;
const leastRecords = 4;
/**
 * A board's past ends so many hours before its last one, so that what is told stays told for a week; one that is younger
 * has its first days for a past.
 */
const mostGap = 7 * 24;
const leastGap = 24;
const wantedPast = 5 * 24;
/** Of the past and the gap. */
const lookedBackMs = (28 + 7) * dayMs;
/** Of a window whose samples are all alike: no sound at all. */
const allAlikeDb = -199;

/**
 * @param boardIds of these alone; null: of all
 * @returns of boards that told how loud it was in the 35 days before `nowMs`
 */
export async function heardHours(
  store: Store,
  nowMs: number,
  boardIds: readonly string[] | null = null,
): Promise<HeardHours> {
  const from = nowMs - lookedBackMs;
  const asked = boardIds === null ? '' : ` AND board_id IN (${boardIds.map(literal).join(', ')})`;
  const mean = (figure: string): string => `sum(${figure}_sum) / nullif(sum(${figure}_count), 0)`;
  return store.reading(async (connection) => {
    const result = await connection.stream(
      `WITH hours AS (
         SELECT board_id, at_ms / ${hourMs} AS hour, ${mean('level_db')} AS level, ${mean('noise_floor_db')} AS floor,
           ${mean('clipped_share')} AS clipped, min(level_db_min) AS quietest, max(level_db_max) AS loudest
         FROM (
           FROM telemetry_hours WHERE at_ms >= ${from} AND level_db_count > 0${asked}
           UNION ALL ${rows(hourMs, `${unrolled} AND at_ms >= ${from} AND level_db IS NOT NULL${asked}`)}
         ) GROUP BY ALL HAVING sum(level_db_count) >= ${leastRecords}
       ),
       placed AS (
         SELECT *, row_number() OVER newest AS place, max(hour) OVER board AS last,
           least(${mostGap}, greatest(${leastGap}, max(hour) OVER board - min(hour) OVER board - ${wantedPast})) AS gap
         FROM hours WINDOW board AS (PARTITION BY board_id), newest AS (PARTITION BY board_id ORDER BY hour DESC)
       ),
       past AS (SELECT * FROM placed WHERE hour <= last - gap AND floor > ${allAlikeDb}),
       at_hour AS (
         SELECT board_id, hour % 24 AS of_day, median(floor) AS usual, mad(floor) AS spread, count(*)::DOUBLE AS days
         FROM past GROUP BY ALL
       ),
       lowest AS (SELECT board_id, quantile_disc(floor, 0.01) AS lowest FROM past GROUP BY ALL)
       SELECT p.board_id, hour, floor, level, quietest, loudest, clipped, usual, spread, coalesce(days, 0), lowest
       FROM placed p LEFT JOIN at_hour a ON a.board_id = p.board_id AND a.of_day = p.hour % 24
         LEFT JOIN lowest l ON l.board_id = p.board_id
       WHERE place <= ${lastHours} ORDER BY p.board_id, hour`,
    );
    const heard = new Map<string, number[]>();
    for await (const piece of inPieces(result)) {
      for (const [boardId, ...told] of piece as [string, ...(number | null)[]][]) {
        const hours = heard.get(boardId) ?? [];
        heard.set(boardId, hours);
        for (const one of told) hours.push(one ?? NaN);
      }
    }
    return heard;
  });
}

/** Columns of an hour, as they are read. */
const figures = [
  ...(['hour', 'noiseFloorDb', 'levelDb', 'quietestDb', 'loudestDb', 'clippedShare'] as const),
  ...(['usualDb', 'spreadDb', 'days', 'lowestDb'] as const),
] satisfies (keyof HeardHour)[];

/** Hours of some boards as one array, for a thread: thousands of objects would take the event loop's time. */
export interface PackedHours {
  /** Of each hour. */
  boardIds: readonly string[];
  /** Of one hour after the other. */
  figures: Float64Array;
}

export function packHours(heard: HeardHours, boardIds: readonly string[]): PackedHours {
  const some = boardIds.map((id) => ({ id, told: heard.get(id) ?? [] }));
  const packed = new Float64Array(some.reduce((sum, { told }) => sum + told.length, 0));
  let at = 0;
  for (const { told } of some) {
    packed.set(told, at);
    at += told.length;
  }
  const ofHours = some.flatMap(({ id, told }) =>
    Array.from({ length: told.length / figures.length }, () => id),
  );
  return { boardIds: ofHours, figures: packed };
}

export const unpackHours = ({ boardIds, figures: packed }: PackedHours): HeardHour[] =>
  boardIds.map((boardId, i) => {
    const told = figures.map((figure, place): [string, number | null] => {
      const value = packed[figures.length * i + place]!;
      return [figure, Number.isNaN(value) ? null : value];
    });
    return { boardId, ...Object.fromEntries(told) } as unknown as HeardHour;
  });
