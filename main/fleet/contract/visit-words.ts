/** The sheet of a visit in words, the same on the page and on the command line. */
import { count, dateTime, decibels, percent } from '../../contract/figures.ts';
import type { Visit } from './visits.ts';

/** What each line is of, and what it says; what was not told has none. */
export function sheetOf(visit: Visit): [what: string, text: string][] {
  const { boardName, boardId, site, startedMs, sinceMs, found, clock, did, left } = visit;
  const { records, missing, firstMs, lastMs, starts } = found;
  const stretch = firstMs === null || lastMs === null ? '' : `, ${dateTime(firstMs)} to ${dateTime(lastMs)}`;
  const lines: [string, string][] = [
    ['board', `${boardName} (${boardId})`],
    ['site', site],
    ['visited', dateTime(startedMs)],
    ['visit before', sinceMs === null ? 'none' : dateTime(sinceMs)],
    ['records', `${count(records, 'record')}${stretch}`],
    ['missing', count(missing, 'record')],
    ['starts', starts.map(({ cause, count: of }) => `${cause} ${of}`).join(', ')],
    ['supply', volts(found.lastMillivolts)],
    ['lowest supply', volts(found.leastMillivolts)],
    ['noise floor', level(found.noiseFloorDb)],
    ['highest level', level(found.highestDb)],
    ['clipped', found.clippedShare === null ? '' : percent(found.clippedShare, 2)],
    [
      'clock',
      clock
        ? `${Math.round(clock.behindMs)} ms behind, ±${Math.ceil(clock.errorMs)} ms, set ${dateTime(clock.setMs)}`
        : '',
    ],
    ...did.map((one): [string, string] => ['done', one]),
    ...left.map((one): [string, string] => ['left', one]),
  ];
  return lines.filter(([, text]) => text !== '');
}

const level = (value: number | null): string => (value === null ? '' : decibels(value));
const volts = (value: number | null): string => (value === null ? '' : `${(value / 1000).toFixed(2)} V`);
