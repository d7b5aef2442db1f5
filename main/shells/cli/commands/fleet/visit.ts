/** `curlew fleet visit`: what a board had recorded, what was done on it, and what is left. */
import type { LabClient } from '../../../../contract/client.ts';
import { count, dateTime, percent } from '../../../../contract/figures.ts';
import type { Visit } from '../../../../contract/types.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { exit } from '../../exit.ts';
import { table, type Row } from '../../output.ts';
import { boardOf } from './boards.ts';

export const visitCommands: Commands = {
  'fleet visit': {
    usage: 'BOARD',
    about: 'fetches what it recorded, does what is wanted of it, and prints the sheet of the visit',
    options: [],
    run: visit,
  },
  'fleet visits': {
    usage: '[BOARD]',
    about: 'visits to a board, or to all, the newest first',
    options: ['limit'],
    run: list,
  },
};

async function visit(client: LabClient, { words }: Args): Promise<Answer> {
  const { board } = await boardOf(client, words[0]!);
  const made = await client.request('visits.make', { boardId: board.id });
  return { text: sheetOf(made), json: made, exit: made.left.length > 0 ? exit.some : exit.done };
}

async function list(client: LabClient, { words, options }: Args): Promise<Answer> {
  const of = words[0] === undefined ? {} : { boardId: (await boardOf(client, words[0])).board.id };
  const visits = await client.request('visits.list', { ...of, limit: Number(options.limit ?? '20') });
  const rows = visits.map((one): Row => [
    ...[dateTime(one.startedMs), one.boardName, one.site, one.found.records, one.found.missing],
    ...[one.did.join(' '), one.left.join(' ')],
  ]);
  const head = ['when', 'board', 'site', 'records', 'missing', 'done', 'left'];
  return { text: visits.length === 0 ? 'There was no visit yet.' : table(head, rows), json: visits };
}

/** A page for a person. */
function sheetOf({ boardName, boardId, site, startedMs, sinceMs, found, clock, did, left }: Visit): string {
  const { records, missing, firstMs, lastMs, starts } = found;
  const decibels = (value: number | null): string => (value === null ? '' : `${value.toFixed(1)} dBFS`);
  const volts = (value: number | null): string => (value === null ? '' : `${(value / 1000).toFixed(2)} V`);
  const rows: Row[] = [
    ['board', `${boardName} (${boardId})`],
    ['site', site],
    ['visited', dateTime(startedMs)],
    ['visit before', sinceMs === null ? 'none' : dateTime(sinceMs)],
    [
      'records',
      firstMs === null
        ? count(records, 'record')
        : `${count(records, 'record')}, ${dateTime(firstMs)} to ${dateTime(lastMs!)}`,
    ],
    ['missing', count(missing, 'record')],
    ['starts', starts.map(({ cause, count: of }) => `${cause} ${of}`).join(', ')],
    ['supply', volts(found.lastMillivolts)],
    ['lowest supply', volts(found.leastMillivolts)],
    ['noise floor', decibels(found.noiseFloorDb)],
    ['highest level', decibels(found.highestDb)],
    ['clipped', found.clippedShare === null ? '' : percent(found.clippedShare, 2)],
    [
      'clock',
      clock
        ? `${Math.round(clock.behindMs)} ms behind, ±${Math.ceil(clock.errorMs)} ms, set ${dateTime(clock.setMs)}`
        : '',
    ],
    ...did.map((one): Row => ['done', one]),
    ...left.map((one): Row => ['left', one]),
  ];
  return table(
    ['visit', ''],
    rows.filter(([, value]) => value !== ''),
  );
}
