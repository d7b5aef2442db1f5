/** Time zones, by IANA's name or as a fixed offset. */

export interface TimeZone {
  /** Minutes that local time is ahead of UTC at an instant. */
  offsetAt(utcMs: number): number;
}

/** Of any place, now and in history: −12 h to +14 h, with room for what was. */
const mostMinutes = 16 * 60;
const dayMs = 86_400_000;

/** Minutes, from forms such as +02:00, +0200, -3, UTC+5:45 and Z; null for any other text. */
export function offsetOf(text: string): number | null {
  const zero = /^(?:Z|UTC|GMT)$/i.test(text);
  const found = /^(?:UTC|GMT)?([+\-\u2212])(\d{1,2})(?::?([0-5]\d))?$/i.exec(text);
  if (!found) return zero ? 0 : null;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  if (minutes > mostMinutes) return null;
  return found[1] === '+' || minutes === 0 ? minutes : -minutes;
}

/** @returns null where the text names no time zone */
export function timeZoneOf(text: string): TimeZone | null {
  const fixed = offsetOf(text);
  if (fixed !== null) return { offsetAt: () => fixed };
  // What begins like an offset and is none would be taken for one by some engines.
  if (!/^[A-Za-z]/.test(text)) return null;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en', { timeZone: text, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
  return {
    offsetAt(utcMs) {
      const name = format.formatToParts(utcMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      // Local mean times of before zones have seconds.
      return offsetOf(name.replace(/(:\d\d):\d\d$/, '$1')) ?? 0;
    },
  };
}

/** The zone that this computer is set to. */
export const ownTimeZone = (): TimeZone =>
  timeZoneOf(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? { offsetAt: () => 0 };

/**
 * The instant at which clocks show a local time. Of two, when clocks were put back, the first; where clocks were put
 * forward over it, as if they had not been yet.
 * @param localMs milliseconds from 1970-01-01T00:00 on the same clock
 */
export function instantOf(localMs: number, zone: TimeZone): { utcMs: number; offsetMinutes: number } {
  const before = zone.offsetAt(localMs - dayMs);
  const after = zone.offsetAt(localMs + dayMs);
  const fits = (minutes: number) => zone.offsetAt(localMs - minutes * 60_000) === minutes;
  const offset = fits(before) || !fits(after) ? before : after;
  const utcMs = localMs - offset * 60_000;
  return { utcMs, offsetMinutes: zone.offsetAt(utcMs) };
}
