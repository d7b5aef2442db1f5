/** Times as recorders write them. */
import { offsetOf } from '../../contract/time-zone.ts';

export interface ToldTime {
  /** What the clock showed, in milliseconds from 1970-01-01T00:00 on the same clock. */
  localMs: number;
  /** Minutes that the clock was ahead of UTC; null where that is not told. */
  offsetMinutes: number | null;
}

/** Before recorders had clocks of their own, and clocks that were never set. */
const firstYear = 1990;
const lastYear = 2099;

/** @returns null where there is no such day or time of day, or one that no recorder means */
export function clockTime(parts: {
  date: readonly [year: number, month: number, day: number];
  time: readonly [hours: number, minutes: number, seconds: number];
}): number | null {
  const [year, month, day] = parts.date;
  const [hours, minutes, seconds] = parts.time;
  if (year < firstYear || year > lastYear || hours > 23 || minutes > 59 || seconds >= 60) return null;
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return ms + Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000);
}

const iso =
  /(?<!\d)(\d{4})([-_.]?)(\d{2})\2(\d{2})[T_ $.-]?(\d{2})([-_.:]?)(\d{2})\6(\d{2})(?:[.,](\d{1,9}))?(?!\d)(?:[_ ]?(Z(?![0-9A-Za-z])|[+-]\d{2}:?\d{2}(?!\d)))?/g;

/** The first time in a text that is written as ISO 8601 has it, or nearly, as names of files must. */
export function isoTime(text: string): ToldTime | null {
  for (const found of text.matchAll(iso)) {
    const [, year, , month, day, hours, , minutes, seconds, fraction, offset] = found;
    const localMs = clockTime({
      date: [Number(year), Number(month), Number(day)],
      time: [Number(hours), Number(minutes), Number(`${seconds}.${fraction ?? 0}`)],
    });
    if (localMs === null) continue;
    const ahead = offset === undefined ? null : offsetOf(offset);
    // No place is off by other minutes: then it is the number of a part, say.
    return { localMs, offsetMinutes: ahead !== null && ahead % 15 === 0 ? ahead : null };
  }
  return null;
}
