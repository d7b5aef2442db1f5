/** How often a board started and how its clock stands, in words. */
import { count, dateTime, span } from '../../contract/figures.ts';
import type { Board } from './boards.ts';

const causes: Readonly<Record<string, string>> = {
  power: 'by power',
  request: 'told to',
  watchdog: 'by watchdog',
  fault: 'by a fault',
  pin: 'by its reset pin',
  'brown-out': 'by a brown-out',
  unknown: 'for no known cause',
};

/** “2 by watchdog”. */
export const startsBy = (cause: string, times: number): string => `${times} ${causes[cause] ?? cause}`;

/** “started 5 times: 3 by power, 2 by a brown-out”; empty where the board does not count it. */
export function startsText({ starts }: Pick<Board, 'starts'>): string {
  const some = Object.entries(starts ?? {}).filter(([, times]) => times > 0);
  if (some.length === 0) return '';
  const all = some.reduce((sum, [, times]) => sum + times, 0);
  return `started ${count(all, 'time')}: ${some.map(([cause, times]) => startsBy(cause, times)).join(', ')}`;
}

/** “clock 2.3 s behind, set 2026-11-28 12:00:00”; empty where it was not set. */
export function clockText({ clock }: Pick<Board, 'clock'>): string {
  if (!clock) return '';
  const { setMs, behindMs, errorMs } = clock;
  const ms = Math.round(Math.abs(behindMs));
  const off =
    ms <= errorMs ? 'right' : `${ms < 1000 ? `${ms} ms` : span(ms)} ${behindMs > 0 ? 'behind' : 'ahead'}`;
  return `clock ${off}, set ${dateTime(setMs)}`;
}
