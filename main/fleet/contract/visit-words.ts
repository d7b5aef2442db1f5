/** The sheet of a visit in words, the same on the page, on paper and on the command line. */
import { bytes, count, dateTime, decibels, inOne, percent, span } from '../../contract/figures.ts';
import { startsBy } from './health-words.ts';
import { microphoneText, microphoneVerdicts } from './microphone-words.ts';
import type { Visit } from './visits.ts';
import type { Standing } from './wanted.ts';

/** What a line is of, and what it says. */
export type SheetLine = [what: string, text: string];

export interface SheetSection {
  title: string;
  lines: SheetLine[];
}

/** What was not told has no line, and a section without lines is none. */
export function sectionsOf(visit: Visit): SheetSection[] {
  const { boardName, boardId, site, startedMs, endedMs, sinceMs, found, did, left, by, automatic, board } =
    visit;
  const { records, missing, gaps, firstMs, lastMs, starts } = found;
  const stretch = firstMs === null || lastMs === null ? '' : `, ${dateTime(firstMs)} to ${dateTime(lastMs)}`;
  const before = sinceMs === null ? 'none' : `${dateTime(sinceMs)}, ${span(startedMs - sinceMs)} before`;
  const all: SheetSection[] = [
    {
      title: 'Visit',
      lines: [
        ['board', `${boardName} (${boardId})`],
        ['site', site],
        ['position', positionText(visit)],
        ['visited', `${dateTime(startedMs)}, for ${span(endedMs - startedMs)}`],
        ['by', automatic ? 'itself, when it was met again' : (by ?? '')],
        ['visit before', before],
      ],
    },
    {
      title: 'Board',
      lines: [
        [
          'runs',
          board === undefined
            ? ''
            : board.runs
              ? `${board.runs.name}, version ${board.runs.version}`
              : 'nothing',
        ],
        ['as wanted', board === undefined ? '' : asWanted[board.standing]],
        ['firmware', board?.firmware ?? ''],
        [
          'free flash',
          board === undefined || board.freeFlashBytes === null ? '' : inOne(bytes(board.freeFlashBytes)),
        ],
      ],
    },
    {
      title: 'Records',
      lines: [
        ['records', `${count(records, 'record')}${stretch}`],
        [
          'missing',
          `${count(missing, 'record')}${gaps === null || gaps === 0 ? '' : ` in ${count(gaps, 'gap')}`}`,
        ],
        ['starts', starts.map(({ cause, count: times }) => startsBy(cause, times)).join(', ')],
        [
          'uncertain windows',
          visit.uncertain === undefined ? '' : `${count(visit.uncertain, 'window')} fetched`,
        ],
      ],
    },
    {
      title: 'Battery',
      lines: [
        ['supply', volts(found.lastMillivolts)],
        ['lowest supply', volts(found.leastMillivolts)],
      ],
    },
    {
      title: 'Microphone',
      lines: [
        ['microphone', visit.microphone ? microphoneVerdicts[visit.microphone.state] : ''],
        ['of the microphone', visit.microphone ? microphoneText(visit.microphone) : ''],
        ['noise floor', level(found.noiseFloorDb)],
        ['highest level', level(found.highestDb)],
        ['clipped', found.clippedShare === null ? '' : percent(found.clippedShare, 2)],
      ],
    },
    { title: 'Clock', lines: [['clock', clockLine(visit)]] },
    { title: 'Done', lines: did.map((one) => ['done', one]) },
    { title: 'Left', lines: left.map((one) => ['left', one]) },
  ];
  return all
    .map(({ title, lines }) => ({ title, lines: lines.filter(([, text]) => text !== '') }))
    .filter(({ lines }) => lines.length > 0);
}

/** All lines, one after another. */
export const sheetOf = (visit: Visit): SheetLine[] => sectionsOf(visit).flatMap(({ lines }) => lines);

/** What a file of the sheet is called, without its ending. */
export const sheetName = ({ boardName, startedMs }: Visit): string =>
  `visit-${boardName.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')}-${dateTime(startedMs).slice(0, 16).replaceAll(/[ :]/g, '-')}`;

function clockLine({ clock }: Visit): string {
  if (!clock) return '';
  const { behindMs, errorMs, setMs } = clock;
  const ms = Math.round(Math.abs(behindMs));
  const off = `${ms < 10_000 ? `${ms} ms` : span(ms)} ${behindMs < 0 ? 'ahead' : 'behind'}`;
  return `${off}, ±${Math.ceil(errorMs)} ms, set ${dateTime(setMs)}`;
}

/** Words for all: what differs stands under what is left. */
const asWanted: Record<Standing, string> = {
  'nothing wanted': 'nothing is wanted of it',
  'up to date': 'yes',
  'on trial': 'yes, and on trial',
  differs: 'no: see what is left',
  unknown: 'not known: it did not tell its settings',
};

const positionText = ({ board }: Visit): string =>
  board?.position ? `${board.position.latitude}°, ${board.position.longitude}°` : '';

const level = (value: number | null): string => (value === null ? '' : decibels(value));
const volts = (value: number | null): string => (value === null ? '' : `${(value / 1000).toFixed(2)} V`);
