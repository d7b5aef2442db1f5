/**
 * Numbers, amounts and times as every room writes them: on the page, in a terminal, in sentences and in files. Dates
 * are ISO 8601, times of 24 hours; what a person reads is in that person's time zone, what a file keeps names its own.
 */

/** Thousands apart: 13,110. */
export const grouped = (value: number): string => value.toLocaleString('en');

/** How many of what: “1 window”, “1,024 windows”. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;

/** Three significant digits and the unit that fits. */
export interface Figure {
  value: string;
  unit: string;
}

const digits = (value: number, more: number): string =>
  value === 0 ? '0' : value.toFixed((value >= 100 ? 0 : value >= 10 ? 1 : 2) + more);

function scaled(value: number, units: readonly (readonly [size: number, unit: string])[], more = 0): Figure {
  const [size, unit] = units.find(([least]) => Math.abs(value) >= least) ?? units[units.length - 1]!;
  return { value: digits(value / size, more), unit };
}

/** Microseconds. @param more digits than three */
export const duration = (microseconds: number, more = 0): Figure =>
  scaled(
    microseconds,
    [
      [1e6, 's'],
      [1e3, 'ms'],
      [1, 'µs'],
    ],
    more,
  );

/** Nanojoules. @param more digits than three */
export const energy = (nanojoules: number, more = 0): Figure =>
  scaled(
    nanojoules,
    [
      [1e9, 'J'],
      [1e6, 'mJ'],
      [1e3, 'µJ'],
      [1, 'nJ'],
    ],
    more,
  );

/** Bytes, in thousands, as line rates are: the share of a line is then plain to see. */
export const bytes = (count: number): Figure =>
  count < 1000
    ? { value: String(count), unit: 'B' }
    : scaled(count, [
        [1e9, 'GB'],
        [1e6, 'MB'],
        [1e3, 'kB'],
      ]);

export const inOne = ({ value, unit }: Figure): string => `${value} ${unit}`;

/** A sound level, 0 dB that of a sine of full scale. */
export const decibels = (level: number, places = 1): string => `${level.toFixed(places)} dBFS`;

export const percent = (share: number, places = 1): string => `${(share * 100).toFixed(places)} %`;

/**
 * The number that a person meant by one that went through binary32, as all that boards keep does: 52.1, not
 * 52.099998474121094. The shortest decimal that is the same binary32.
 */
export function meantBySingle(value: number): number {
  // Six digits always come back as they were, and nine are always enough.
  for (let digits = 6; digits < 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return decimal;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The person's own time of day: 14:03:05. */
export function timeOfDay(ms: number): string {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
}

/** The person's own date: 2026-11-27. */
export function day(ms: number): string {
  const at = new Date(ms);
  return [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
}

/** The person's own date and time: 2026-11-27 14:03:05. */
export const dateTime = (ms: number): string => `${day(ms)} ${timeOfDay(ms)}`;

/** For files: the date of a time in UTC. */
export const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** As part of a file's name, which takes no colon, to the second, UTC: 2026-11-27T13-03-05Z. */
export const dateForName = (ms = Date.now()): string =>
  `${new Date(ms).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;

/** A length of time as people say it: 4.2 s, 3 min 20 s, 2 h 5 min, 3 days 4 h. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 9_950 && ms % 1000 !== 0) return `${(ms / 1000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return both(`${minutes} min`, seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return both(`${hours} h`, minutes % 60, 'min');
  return both(count(Math.floor(hours / 24), 'day'), hours % 24, 'h');
}

const both = (large: string, small: number, unit: string): string =>
  small === 0 ? large : `${large} ${small} ${unit}`;

/** What is left of a work, no finer than it can be told: “about 4 min left”. */
export function timeLeft(ms: number): string {
  if (ms < 5_000) return 'a few seconds left';
  const step = ms < 55_000 ? 5_000 : ms < 55 * 60_000 ? 60_000 : 5 * 60_000;
  return `about ${span(Math.max(1, Math.round(ms / step)) * step)} left`;
}

/** A word of a command as it can be copied to a shell. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
