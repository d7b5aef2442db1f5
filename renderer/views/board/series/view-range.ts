/** Which stretch of time is looked at, and how it is moved and stretched. Milliseconds since 1970. */
export interface ViewRange {
  fromMs: number;
  toMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Stretches that end now. */
export const presets = {
  minute: minuteMs,
  hour: hourMs,
  day: dayMs,
  week: 7 * dayMs,
  month: 30 * dayMs,
  year: 365 * dayMs,
} as const;
export type Preset = keyof typeof presets;
export const presetNames = Object.keys(presets) as Preset[];

const leastMs = 10_000;
const mostMs = 4 * presets.year;

export const lastOf = (preset: Preset, nowMs: number): ViewRange => ({
  fromMs: nowMs - presets[preset],
  toMs: nowMs,
});

const spanOf = ({ fromMs, toMs }: ViewRange): number => toMs - fromMs;

/** A stretch that can be looked at: neither too short nor too long, and not of the future. */
export function allowed(wanted: ViewRange, nowMs: number): ViewRange {
  const span = Math.min(Math.max(spanOf(wanted), leastMs), mostMs);
  const middle = (wanted.fromMs + wanted.toMs) / 2;
  const toMs = Math.min(middle + span / 2, nowMs);
  return { fromMs: toMs - span, toMs };
}

/** @param factor below 1 closer @param atMs stays where it is */
export function zoomed(range: ViewRange, factor: number, atMs: number, nowMs: number): ViewRange {
  const { fromMs, toMs } = range;
  const span = Math.min(Math.max(spanOf(range) * factor, leastMs), mostMs);
  const by = span / spanOf(range);
  return allowed({ fromMs: atMs - (atMs - fromMs) * by, toMs: atMs + (toMs - atMs) * by }, nowMs);
}

/** @param share of its length, below 0 earlier */
export function moved(range: ViewRange, share: number, nowMs: number): ViewRange {
  const by = share * spanOf(range);
  return allowed({ fromMs: range.fromMs + by, toMs: range.toMs + by }, nowMs);
}

/** How often what follows the present is read anew: no more often than it can look different. */
export const followEveryMs = (range: ViewRange, points: number): number =>
  Math.max(2000, spanOf(range) / points);
