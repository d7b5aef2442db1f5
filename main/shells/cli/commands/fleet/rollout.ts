/** `curlew fleet rollout`: banks and settings rolled out in stages. */
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import { dateTime, grouped } from '../../../../contract/figures.ts';
import { allOf } from '../../../../contract/pieces.ts';
import type { RequestParams } from '../../../../contract/requests.ts';
import type { BoardSettings, Rollout, RolloutEntry } from '../../../../contract/types.ts';
import {
  gateFigure,
  gateShare,
  gateText,
  gateWords,
  outcomeWords,
  stageName,
  stageText,
  stateText,
  wantedText,
} from '../../../../fleet/contract/rollout-words.ts';
import { settingWords } from '../../../../fleet/contract/setting-words.ts';
import { listed } from '../../args.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { exit } from '../../exit.ts';
import { table, type Row } from '../../output.ts';
import { assignment, settingOf, yesOrNo } from '../given-setting.ts';
import { boardOf, groupNamed } from './boards.ts';

const decisions = ['approve', 'pause', 'resume', 'halt', 'rollback'] as const;
const actions = ['start', 'list', 'show', ...decisions];

export const rolloutCommands: Commands = {
  'fleet rollout': {
    usage: 'ACTION [WORD...]',
    about:
      'start NAME NAME=VALUE...: to=all|group:…|site:…|tag:… or boards=BOARD,…; bank=EXPERT and settings, as period: periodS=600; canaries=2 (or BOARD,…), shares=0.1,0.5; inferences=, hours=: so many of each board before a stage is judged; alpha=: chance of a false halt; seed=: of the draw of boards; approve=yes|no: a person approves each stage. list; show, approve, pause, resume, halt, rollback ROLLOUT',
    options: [],
    run: rollout,
  },
};

async function rollout(client: LabClient, args: Args): Promise<Answer> {
  const [action = '', ...words] = args.words;
  if (action === 'start') return start(client, words);
  if (action === 'list') return list(client);
  if (!actions.includes(action)) {
    throw new CurlewError('REQUEST_INVALID', `“${action}” is none of ${actions.join(', ')}.`);
  }
  const [rolloutId] = words;
  if (rolloutId === undefined || words.length > 1) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `Say which roll-out, by the beginning of its id: “curlew fleet rollout ${action} ROLLOUT”.`,
    );
  }
  if (action === 'show') return show(client, rolloutId);
  const decision = action as (typeof decisions)[number];
  const changed = await client.request(`rollouts.${decision}`, { rolloutId });
  return { text: `${changed.name}: ${stateText(changed)}. ${changed.message}`, json: changed };
}

type Order = RequestParams<'rollouts.start'>;

export const startWords = [
  ...['bank', 'to', 'boards', 'canaries', 'shares', 'seed', 'alpha', 'inferences', 'hours', 'approve'],
];

async function start(client: LabClient, words: readonly string[]): Promise<Answer> {
  const [name, ...rest] = words;
  if (name === undefined || assignment(name)) {
    throw new CurlewError(
      'REQUEST_INVALID',
      'Give it a name first: “curlew fleet rollout start NAME bank=…”.',
    );
  }
  const order: Order = { name, target: { kind: 'all' }, canaries: 1 };
  let saysWhere = false;
  for (const word of rest) {
    const given = assignment(word);
    if (!given) throw new CurlewError('REQUEST_INVALID', `“${word}” says nothing: write NAME=VALUE.`);
    saysWhere ||= given.name === 'to' || given.name === 'boards';
    await take(client, order, given.name, given.text);
  }
  if (!saysWhere) {
    throw new CurlewError(
      'REQUEST_INVALID',
      'Say which boards: to=all, to=group:NAME, to=site:NAME, to=tag:NAME, or boards=ID,ID.',
    );
  }
  const begun = await client.request('rollouts.start', order);
  return {
    text: `${begun.name} is rolled out to ${begun.target}: ${begun.id}. “curlew fleet rollout show ${begun.id.slice(0, 8)}” tells how it stands.`,
    json: begun,
  };
}

async function take(client: LabClient, order: Order, name: string, text: string): Promise<void> {
  const ids = async (): Promise<string[]> =>
    Promise.all(listed(text).map(async (word) => (await boardOf(client, word)).board.id));
  const number = (): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    throw new CurlewError('REQUEST_INVALID', `${name} is a number, not “${text}”.`);
  };
  switch (name) {
    case 'bank':
      order.expertId = text;
      return;
    case 'to':
      order.target = await targetOf(client, text);
      return;
    case 'boards':
      order.target = { kind: 'boards', boardIds: await ids() };
      return;
    case 'canaries':
      order.canaries = /^\d{1,5}$/.test(text) ? Number(text) : await ids();
      return;
    case 'shares':
      order.shares = listed(text).map(Number);
      return;
    case 'seed':
      order.seed = number();
      return;
    case 'alpha':
      order.falseAlarms = number();
      return;
    case 'inferences':
      order.leastInferences = number();
      return;
    case 'hours':
      order.leastHours = number();
      return;
    case 'approve':
      order.approve = yesOrNo(name, text);
      return;
    default:
  }
  if (!Object.hasOwn(settingWords, name) || name === 'name' || name === 'latitude' || name === 'longitude') {
    const settings = Object.keys(settingWords).filter(
      (one) => !['name', 'latitude', 'longitude'].includes(one),
    );
    throw new CurlewError(
      'REQUEST_INVALID',
      `There is no “${name}” to say: write NAME=VALUE with one of ${[...startWords, ...settings].join(', ')}.`,
    );
  }
  order.settings = { ...order.settings, [name]: settingOf(name as keyof BoardSettings, text) };
}

async function targetOf(client: LabClient, text: string): Promise<Order['target']> {
  if (text === 'all') return { kind: 'all' };
  const [, kind, name = ''] = /^(group|site|tag):(.+)$/s.exec(text) ?? [];
  if (kind === 'group') return { kind, groupId: (await groupNamed(client, name)).id };
  if (kind === 'site') return { kind, site: name };
  if (kind === 'tag') return { kind, tag: name };
  throw new CurlewError('REQUEST_INVALID', `“${text}” is none of all, group:NAME, site:NAME, tag:NAME.`);
}

async function list(client: LabClient): Promise<Answer> {
  const found = await client.request('rollouts.list', { limit: 50 });
  const rows = found.map((one): Row => [
    one.id.slice(0, 8),
    one.name,
    one.target,
    grouped(one.boards),
    `${one.stage + 1} of ${one.stages.length}`,
    stateText(one),
    dateTime(one.createdMs),
  ]);
  const head = ['roll-out', 'name', 'to', 'boards', 'stage', 'state', 'begun'];
  return { text: found.length === 0 ? 'Nothing was rolled out yet.' : table(head, rows), json: found };
}

/** Boards that one answer lists. */
const mostBoards = 1000;

async function show(client: LabClient, beginning: string): Promise<Answer> {
  const found = await client.request('rollouts.get', { rolloutId: beginning });
  const rolloutId = found.id;
  const boards = await client.request('rollouts.boards', { rolloutId, limit: mostBoards });
  const log = await allOf<RolloutEntry>((last) =>
    client.request('rollouts.log', { rolloutId, after: last?.number ?? 0, limit: 1000 }),
  );
  const text = [
    `${found.name}: ${wantedText(found.wanted)}, to ${found.target}.`,
    `${stateText(found)}. ${found.message}`,
    `Chance of a false halt ${found.falseAlarms} at most, over all stages and gates; drawn with seed ${found.seed}.`,
    table(
      ['stage', 'state', ''],
      found.stages.map((one, i): Row => [stageName(i, one), one.state, stageText(one, found)]),
    ),
    ...gatesOf(found),
    table(
      ['board', 'name', 'stage', '', 'why'],
      boards.map((one): Row => [
        ...[one.boardId, one.boardName, one.stage + 1, outcomeWords[one.outcome], one.error?.message ?? ''],
      ]),
    ),
    ...(found.boards > boards.length ? [`The first ${mostBoards} of ${grouped(found.boards)} boards.`] : []),
    table(
      ['when', 'who', 'what'],
      log.map(({ atMs, by, text }): Row => [dateTime(atMs), by ?? 'the lab', text]),
    ),
  ].join('\n');
  const bad = found.state === 'rolled back' || found.state === 'halted';
  return { text, json: { rollout: found, boards, log }, exit: bad ? exit.some : exit.done };
}

function gatesOf({ stages, stage }: Rollout): string[] {
  const gates = stages[stage]?.gates ?? [];
  if (gates.length === 0) return [];
  const rows = gates.map((one): Row => [
    gateWords[one.gate],
    gateFigure(one.gate, one.before),
    gateFigure(one.gate, one.now),
    gateShare(one) === null ? '—' : `${Math.round(100 * gateShare(one)!)} %`,
    gateText(one),
  ]);
  return [table(['gate', 'before', 'now', 'evidence of what halts', ''], rows)];
}
