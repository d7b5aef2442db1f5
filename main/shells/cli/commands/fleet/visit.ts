/** `curlew fleet visit`: what a board had recorded, what was done on it, and what is left. */
import { resolve } from 'node:path';
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import { count, dateTime } from '../../../../contract/figures.ts';
import { sheetOf } from '../../../../fleet/contract/visit-words.ts';
import { visitSheet } from '../../../../fleet/visit-sheet.ts';
import type { Output } from '../../../../outputs.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { exit } from '../../exit.ts';
import { table, type Row } from '../../output.ts';
import { outputsOf } from '../../outputs-of.ts';
import { boardOf } from './boards.ts';

export const visitCommands: Commands = {
  'fleet visit': {
    usage: 'BOARD',
    about: 'fetches what it recorded, does what is wanted of it, and prints the sheet of the visit',
    options: ['sheet', 'overwrite'],
    check: (args) => sheetOutput(args),
    run: visit,
  },
  'fleet visits': {
    usage: '[BOARD]',
    about: 'visits to a board, or to all, the newest first',
    options: ['limit'],
    run: list,
  },
  'fleet visiting': {
    usage: '[HOURS]',
    about: 'after how many hours away a board is visited by itself when it is met; off: none is',
    options: [],
    run: visiting,
  },
};

const sheetOutput = async (args: Args): Promise<Output | null> =>
  args.options.sheet === undefined ? null : outputsOf(args).file(resolve(args.options.sheet));

async function visit(client: LabClient, args: Args): Promise<Answer> {
  const output = await sheetOutput(args);
  const { board } = await boardOf(client, args.words[0]!);
  const made = await client.request('visits.make', { boardId: board.id });
  await output?.write(visitSheet(made));
  return {
    text: table(['visit', ''], sheetOf(made)),
    json: made,
    exit: made.left.length > 0 ? exit.some : exit.done,
  };
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

async function visiting(client: LabClient, { words: [word] }: Args): Promise<Answer> {
  if (word !== undefined && word !== 'off' && !/^\d{1,9}$/.test(word))
    throw new CurlewError('REQUEST_INVALID', `“${word}” is neither a number of hours nor off.`);
  const setting = await (word === undefined
    ? client.request('visits.setting', {})
    : client.request('visits.change', { awayHours: word === 'off' ? null : Number(word) }));
  const { awayHours } = setting;
  const text =
    awayHours === null
      ? 'Boards are visited only where somebody asks for it.'
      : `A board that was away for ${count(awayHours, 'hour')} is visited by itself when it is met again.`;
  return { text, json: setting };
}
