/** `curlew fleet uncertain pull` and what follows it: windows that boards were least certain of, fetched, decided, and made a labelled set. */
import { resolve } from 'node:path';
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import { count, dateTime, percent } from '../../../../contract/figures.ts';
import type { UncertainItem } from '../../../../contract/types.ts';
import { verdicts } from '../../../../detections/contract/filter.ts';
import { wholeNumber } from '../../args.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { exit } from '../../exit.ts';
import { table, type Row } from '../../output.ts';
import { outputsOf } from '../../outputs-of.ts';
import { madeSet } from '../made-set.ts';
import { boardOf } from './boards.ts';

export const uncertainCommands: Commands = {
  'fleet uncertain pull': {
    usage: 'BOARD',
    about: 'fetches the windows that it kept as its least certain (setting uncertainPercent)',
    options: [],
    run: pull,
  },
  'fleet uncertain list': {
    usage: '[BOARD]',
    about: 'those that were fetched, and what was decided of each; with --reviewer what they have left',
    options: ['reviewer', 'limit'],
    run: list,
  },
  'fleet uncertain label': {
    usage: 'NUMBER VERDICT --reviewer NAME',
    about: `that its class is ${verdicts.join(', ')}; the last decision stands`,
    options: ['reviewer', 'class'],
    check: async (args) => decisionOf(args),
    run: label,
  },
  'fleet uncertain undo': {
    usage: '--reviewer NAME',
    about: 'takes back the last decision of a reviewer',
    options: ['reviewer'],
    check: async (args) => reviewerOf(args),
    run: undo,
  },
  'fleet uncertain set': {
    usage: 'FOLDER',
    about:
      'makes a labelled set of what was decided, log-mel in place of sound: “curlew train” takes the folder',
    options: ['background', 'beside', 'overwrite'],
    check: async (args) => {
      await outputsOf(args, args.options.beside === undefined ? [] : [args.options.beside]).folder(
        args.words[0]!,
        ['labels.csv'],
      );
    },
    run: set,
  },
};

async function pull(client: LabClient, { words }: Args): Promise<Answer> {
  const { board } = await boardOf(client, words[0]!);
  const pulled = await client.request('uncertain.pull', { boardId: board.id });
  const { fetched, known, room, failed } = pulled;
  const again = known > 0 ? `, ${count(known, 'window')} that the lab had` : '';
  const keeps =
    room === 0
      ? 'It keeps none now: uncertainPercent is 0, or its flash is full.'
      : `It keeps ${room} at most.`;
  return {
    text: [`${count(fetched, 'uncertain window')} fetched${again}. ${keeps}`, ...failed].join('\n'),
    json: pulled,
    exit: failed.length > 0 ? exit.some : exit.done,
  };
}

async function list(client: LabClient, { words, options }: Args): Promise<Answer> {
  const { reviewer } = options;
  const items = await client.request('uncertain.list', {
    ...(words[0] !== undefined && { boardId: (await boardOf(client, words[0])).board.id }),
    ...(reviewer !== undefined && { undecidedBy: reviewer }),
    limit: Number(options.limit ?? '20'),
  });
  const rows = items.map((one): Row => [
    ...[one.number, one.boardId, one.atMs === null ? 'undated' : dateTime(one.atMs), one.entropy.toFixed(2)],
    one.probabilities
      .slice(0, 3)
      .map(({ label: of, probability }) => `${of} ${percent(probability, 0)}`)
      .join(', '),
    one.decisions.map(decided).join(', '),
  ]);
  const head = ['number', 'board', 'when', 'entropy, nats', 'most probable', 'decided'];
  return { text: items.length === 0 ? 'There is no such window.' : table(head, rows), json: items };
}

async function label(client: LabClient, args: Args): Promise<Answer> {
  const item = await client.request('uncertain.decide', decisionOf(args));
  return { text: toldOf(item), json: item };
}

async function undo(client: LabClient, args: Args): Promise<Answer> {
  const reviewer = reviewerOf(args);
  const item = await client.request('uncertain.undo', { reviewer });
  return { text: item ? toldOf(item) : `Nothing that ${reviewer} decided stands.`, json: item };
}

async function set(client: LabClient, { words, options }: Args): Promise<Answer> {
  const { background, beside, overwrite = false } = options;
  const made = await client.request('uncertain.labelledSet', {
    ...{ path: resolve(words[0]!), overwrite },
    ...(background !== undefined && { background }),
    ...(beside !== undefined && { beside: resolve(beside) }),
  });
  return madeSet(made, 'of no class, or of several as often');
}

function reviewerOf({ options }: Args): string {
  if (options.reviewer !== undefined) return options.reviewer;
  throw new CurlewError('REQUEST_INVALID', 'Say who decides: --reviewer NAME.');
}

function decisionOf(args: Args) {
  const [number, said] = args.words;
  const verdict = verdicts.find((one) => one === said);
  if (!verdict)
    throw new CurlewError('REQUEST_INVALID', `A verdict is ${verdicts.join(', ')}, not “${said ?? ''}”.`);
  const { class: other } = args.options;
  if (other !== undefined && verdict !== 'other')
    throw new CurlewError('REQUEST_INVALID', '--class goes with the verdict other.');
  return {
    ...{ number: wholeNumber(number!, 'NUMBER', 1, 0xffff_ffff), verdict, reviewer: reviewerOf(args) },
    ...(other !== undefined && { label: other }),
  };
}

const decided = ({ reviewer, verdict, label: of }: UncertainItem['decisions'][number]): string =>
  `${reviewer}: ${of === null ? verdict : `${verdict}, ${of}`}`;

const toldOf = ({ number, label: of, decisions }: UncertainItem): string =>
  `Window ${number}, ${of}: ${decisions.map(decided).join('; ') || 'not decided'}.`;
