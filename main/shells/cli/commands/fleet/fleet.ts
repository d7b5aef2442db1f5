/** `curlew fleet …`: many boards, what is said of them, and what they should run. */
import { resolve } from 'node:path';
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import { bytes, count, dateTime, inOne } from '../../../../contract/figures.ts';
import type { BoardDetails, DetailsChange, MicrophoneJudgement } from '../../../../contract/types.ts';
import { differenceText, standingText } from '../../../../fleet/contract/wanted.ts';
import { microphoneText } from '../../../../fleet/contract/microphone-words.ts';
import { clockText, startsText } from '../../../../fleet/contract/health-words.ts';
import { settingValue, settingWords } from '../../../../fleet/contract/setting-words.ts';
import { readWhole } from '../../../../regular-file.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { confirmed } from '../../confirm.ts';
import { table, type Row } from '../../output.ts';
import { outputsOf } from '../../outputs-of.ts';
import { boardsOf, boardOf, fleetOf, groupNamed, nameOf, type FleetBoard } from './boards.ts';
import { batteriesOf, batteryCommands } from './battery.ts';
import { assigned, groupAssigned } from './given.ts';

const mostTableBytes = 8_000_000;

export const fleetCommands: Commands = {
  'fleet list': {
    usage: '',
    about: 'every board with its site and group, what it runs, whether that is wanted, and whether it hears',
    options: ['group'],
    run: list,
  },
  'fleet show': {
    usage: 'BOARD',
    about: 'what is kept of a board, what is wanted of it, and what of that differs',
    options: [],
    run: show,
  },
  'fleet set': {
    usage: '[BOARD...] NAME=VALUE...',
    about: 'name, site, latitude, longitude, notes, tags, group, bank or a setting of boards; empty: none',
    options: ['group'],
    run: set,
  },
  'fleet groups': {
    usage: '',
    about: 'groups, and what they want of their boards',
    options: [],
    run: groups,
  },
  'fleet group': {
    usage: 'NAME [NAME=VALUE...]',
    about: 'makes or changes a group: its name, notes, bank (an expert or router) and settings; empty: none',
    options: [],
    run: group,
  },
  'fleet ungroup': {
    usage: 'NAME',
    about: 'removes a group, after asking; its boards stay, with their own wishes',
    options: ['yes'],
    run: ungroup,
  },
  'fleet clocks': {
    usage: '[on|off]',
    about: 'whether the lab sets its boards’ clocks, which it does until it is told not to',
    options: [],
    run: clocks,
  },
  ...batteryCommands,
  'fleet export': {
    usage: 'FILE',
    about: 'writes all boards as a CSV: name, site, latitude, longitude, group, tags, notes',
    options: ['overwrite'],
    check: (args) => outputsOf(args).file(args.words[0]!),
    run: exportTable,
  },
  'fleet import': {
    usage: 'FILE',
    about: 'takes such a CSV, all of it or nothing; columns that it lacks stay as they are',
    options: [],
    run: importTable,
  },
};

async function list(client: LabClient, args: Args): Promise<Answer> {
  const all = args.options.group === undefined ? await fleetOf(client) : await boardsOf(client, [], args);
  const heard = await microphonesOf(client);
  const batteries = await batteriesOf(client);
  const rows = all.map(({ board, details, group, standing, differences }): Row => [
    board.id,
    nameOf({ board, details }),
    details.site,
    group?.name ?? '',
    details.tags.join(', '),
    board.state,
    (board.activeRouter ?? board.activeExpert)?.name ?? '—',
    standingText(standing, differences),
    heard.get(board.id)?.state ?? '—',
    batteries(board).days ?? '—',
    board.lastSeenMs === null ? 'never' : dateTime(board.lastSeenMs),
  ]);
  const head = [
    'board',
    'name',
    'site',
    'group',
    'tags',
    'state',
    'runs',
    'as wanted',
    'microphone',
    'battery',
    'last seen',
  ];
  const json = all.map((one) => ({
    ...one,
    microphone: heard.get(one.board.id) ?? null,
    battery: batteries(one.board).told,
  }));
  return { text: all.length === 0 ? 'The lab knows no board.' : table(head, rows), json };
}

const microphonesOf = async (client: LabClient): Promise<Map<string, MicrophoneJudgement>> =>
  new Map((await client.request('fleet.microphones', {})).boards.map((one) => [one.boardId, one]));

async function show(client: LabClient, { words }: Args): Promise<Answer> {
  const one = await boardOf(client, words[0]!);
  const { board, details, group, wanted, differences, standing } = one;
  const microphone = (await microphonesOf(client)).get(board.id) ?? null;
  const battery = (await batteriesOf(client))(board);
  const { latitude, longitude } = details;
  const own = (name: string): string => {
    if ((wanted.overrides as string[]).includes(name)) return ', its own, before the group’s';
    return name in details.settings || name === 'latitude' || name === 'longitude'
      ? ', its own'
      : ', the group’s';
  };
  const rows: Row[] = [
    ['board', board.id],
    ['name', nameOf(one)],
    ['it says', board.name],
    ['state', board.state],
    ['starts', startsText(board)],
    ['clock', clockText(board)],
    ['microphone', microphone ? `${microphone.state}. ${microphoneText(microphone)}` : ''],
    ['free flash', board.freeFlashBytes === null ? '' : inOne(bytes(board.freeFlashBytes))],
    ['battery', battery.text],
    ['site', details.site],
    ['place', latitude === null ? '' : `${latitude}°, ${longitude}°`],
    ['tags', details.tags.join(', ')],
    ['group', group?.name ?? ''],
    ['notes', details.notes],
    ...Object.entries(wanted.settings).map(([key, value]): Row => {
      const name = key as keyof typeof settingWords;
      return ['wanted', `${settingWords[name][0]} ${settingValue(name, value)}${own(name)}`];
    }),
    ...(wanted.bank
      ? [
          [
            'wanted',
            `${wanted.bank.name}, version ${wanted.bank.version}${
              wanted.ownBank ? ', its own, before the group’s' : details.bank ? ', its own' : ', the group’s'
            }`,
          ],
        ]
      : []),
    ...(differences ?? []).map((one): Row => ['differs', differenceText(one)]),
    ['as wanted', standingText(standing, differences) || 'nothing is wanted of it'],
  ];
  return {
    text: table(
      ['what', ''],
      rows.filter(([, value]) => value !== ''),
    ),
    json: { ...one, microphone, battery: battery.told },
  };
}

async function set(client: LabClient, args: Args): Promise<Answer> {
  const { boards, change } = await assigned(client, args);
  const changed: BoardDetails[] = await client.request('details.change', {
    boardIds: boards.map(({ board }) => board.id),
    change: change satisfies DetailsChange,
  });
  return { text: `${count(changed.length, 'board')} changed.`, json: changed };
}

async function groups(client: LabClient): Promise<Answer> {
  const [all, boards] = await Promise.all([client.request('groups.list', {}), fleetOf(client)]);
  const rows = all.map(({ id, name, settings, bank, notes }): Row => {
    const words = Object.entries(settings).map(([key, value]) => {
      const setting = key as keyof typeof settingWords;
      return `${settingWords[setting][0]} ${settingValue(setting, value)}`;
    });
    const of = boards.filter((one: FleetBoard) => one.group?.id === id).length;
    return [name, of, bank ? `${bank.name}, version ${bank.version}` : '—', words.join(', ') || '—', notes];
  });
  return {
    text:
      all.length === 0
        ? 'There are no groups. “curlew fleet group NAME” makes one.'
        : table(['group', 'boards', 'bank', 'settings', 'notes'], rows),
    json: all,
  };
}

async function group(client: LabClient, { words }: Args): Promise<Answer> {
  const [name = '', ...assignments] = words;
  const there = (await client.request('groups.list', {})).find((one) => one.name === name);
  const saved = await client.request('groups.save', {
    ...(there ? { groupId: there.id } : { name }),
    ...groupAssigned(assignments),
  });
  return { text: `The group ${saved.name} is ${there ? 'changed' : 'made'}.`, json: saved };
}

async function ungroup(client: LabClient, args: Args): Promise<Answer> {
  const { id, name } = await groupNamed(client, args.words[0]!);
  const boards = (await fleetOf(client)).filter((one) => one.group?.id === id).length;
  await confirmed(
    `The group ${name} goes, with what it wants of ${count(boards, 'board')}. Remove it?`,
    args,
  );
  await client.request('groups.remove', { groupId: id });
  return { text: `The group ${name} is removed.`, json: { groupId: id } };
}

async function clocks(client: LabClient, { words }: Args): Promise<Answer> {
  const [word] = words;
  if (word !== undefined && word !== 'on' && word !== 'off')
    throw new CurlewError('REQUEST_INVALID', `“${word}” is neither on nor off.`);
  const kept =
    word === undefined
      ? await client.request('clocks.setting', {})
      : await client.request('clocks.change', { setsClocks: word === 'on' });
  const text = kept.setsClocks
    ? 'The lab sets the clock of a board that it meets or watches where it was not set or is half a second off.'
    : 'The lab leaves its boards’ clocks as they are.';
  return { text, json: kept };
}

async function exportTable(client: LabClient, args: Args): Promise<Answer> {
  const output = await outputsOf(args).file(args.words[0]!);
  const { text } = await client.request('details.table', {});
  await output.write(text);
  return { text: `${output.path} is written.`, json: { path: resolve(output.path) } };
}

async function importTable(client: LabClient, { words }: Args): Promise<Answer> {
  const bytes = await readWhole(resolve(words[0]!), mostTableBytes, 'a table of boards');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CurlewError('REQUEST_INVALID', `${words[0]} is no UTF-8 text; save it as CSV in UTF-8.`);
  }
  const read = await client.request('details.read', { text });
  const { changed, same, groupsMade } = read;
  const made = groupsMade.length > 0 ? ` New groups: ${groupsMade.join(', ')}.` : '';
  return {
    text: `${count(changed, 'board')} changed, ${count(same, 'board')} as before.${made}`,
    json: read,
  };
}
