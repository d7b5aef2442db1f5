/** `curlew fleet visit`: what a board had recorded, what was done on it, and what is left. */
import type { LabClient } from '../../../../contract/client.ts';
import { dateTime } from '../../../../contract/figures.ts';
import { sheetOf } from '../../../../fleet/contract/visit-words.ts';
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
