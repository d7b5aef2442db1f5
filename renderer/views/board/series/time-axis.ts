/** The axis of time below charts: the person's own time, of 24 hours, no finer than its ticks are apart. */
import type uPlot from 'uplot';
import { day, timeOfDay } from '../../../../main/contract/figures.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/**
 * Dates stand below the first tick and wherever the day is another.
 * @param splits milliseconds since 1970, rising @param apartMs of two of them
 */
export function tickTexts(splits: readonly number[], apartMs: number): string[] {
  return splits.map((ms, at) => {
    const date = day(ms);
    if (apartMs >= dayMs) return at === 0 || date.endsWith('-01-01') ? date : date.slice(5);
    const time = timeOfDay(ms).slice(0, apartMs < minuteMs ? 8 : 5);
    const sameDay = at > 0 && day(splits[at - 1]!) === date;
    return sameDay ? time : `${time}\n${date}`;
  });
}

/** @param ink and line: colours, as a canvas takes them */
export const timeAxis = (ink: string, line: string): uPlot.Axis => ({
  stroke: ink,
  grid: { show: false },
  ticks: { stroke: line, width: 1 },
  size: 48,
  space: 70,
  values: (_u, splits, _axis, _space, apartMs) => tickTexts(splits, apartMs),
});
