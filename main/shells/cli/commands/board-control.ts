/** `curlew board …`: a board's store, its settings and its key. */
import { count, dateTime, percent } from '../../../contract/figures.ts';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { allOf, pageLimit } from '../../../contract/pieces.ts';
import type { Board, BoardLogEntry, BoardSettings, ExpertStore } from '../../../contract/types.ts';
import { erasedOf, forgottenOf, weightsOf } from '../../../contract/words.ts';
import { wholeNumber } from '../args.ts';
import type { Answer, Args, Command, Commands } from '../command.ts';
import { confirmed } from '../confirm.ts';
import type { OptionName } from '../options.ts';
import { sizeText, table, type Row } from '../output.ts';
import { chooseBoard } from './board.ts';
import { assignment, settingOf } from './given-setting.ts';

type Action = (client: LabClient, board: Board, args: Args) => Promise<Answer>;

const trials: Record<ExpertStore['trial'], string[]> = {
  none: [],
  trial: ['The active bank is on trial: it stays after three inferences, or with “curlew board confirm”.'],
  fell_back: ['The last activation was undone: it did not stand its trial.'],
};

function storeAnswer(store: ExpertStore): Answer {
  const rows = store.slots.map((one): Row => [
    one.slot,
    one.name || '—',
    one.state === 'partial' ? `partial, ${percent(one.offset / one.length)}` : (one.kind ?? '—'),
    one.state === 'partial' ? '—' : weightsOf(one),
    one.version,
    sizeText(one.length),
    one.signed ? 'yes' : 'no',
    [one.active && 'active', one.previous && 'previous'].filter(Boolean).join(', '),
  ]);
  const text = [
    table(['slot', 'name', 'what', 'weights', 'version', 'size', 'signed', ''], rows),
    `${store.slots.length} of ${count(store.slotCount, 'slot')} in use; the largest image that fits now has ${sizeText(store.freeBytes)}.`,
    ...trials[store.trial],
  ].join('\n');
  return { text, json: store };
}

/** The settings' names on the command line are those of the contract. */
function changed(settings: BoardSettings, words: string[]): BoardSettings {
  const result: Record<string, unknown> = { ...settings };
  for (const word of words) {
    const { name, text } = assignment(word) ?? { name: '', text: '' };
    if (!(name in settings)) {
      throw new CurlewError(
        'REQUEST_INVALID',
        `“${word}” sets nothing: write NAME=VALUE with one of ${Object.keys(settings).join(', ')}.`,
      );
    }
    result[name] = settingOf(name as keyof BoardSettings, text);
  }
  return result as unknown as BoardSettings;
}

const settings: Action = async (client, { id: boardId }, { words }) => {
  const change = words;
  const before = await client.request('boards.settings', { boardId });
  const after =
    change.length === 0
      ? before
      : await client.request('boards.changeSettings', { boardId, settings: changed(before, change) });
  const rows = Object.entries(after).map(([name, value]): Row => [name, value === null ? '' : String(value)]);
  return { text: table(['setting', 'value'], rows), json: after };
};

const key: Action = async (client, board, { words, options }) => {
  const [word] = words;
  const protect = options.protect ?? false;
  const now = word
    ? await client.request('boards.setKey', {
        boardId: board.id,
        keyId: word === 'none' ? null : word,
        protect,
      })
    : board;
  const { name } = board;
  const { keyId, rollbackProtected } = now;
  const text =
    keyId === null
      ? `${name} takes any sound image: it has no key.`
      : `${name} takes only images signed with the key ${keyId}${rollbackProtected ? ', and none older than one that ran' : ''}.`;
  return { text, json: { keyId, rollbackProtected } };
};

const erase: Action = async (client, { id: boardId, name }, args) => {
  const store = await client.request('slots.list', { boardId });
  const slot = wholeNumber(args.words[0]!, 'erase', 0, store.slotCount - 1);
  const held = store.slots.find((one) => one.slot === slot);
  if (!held) return { text: `Slot ${slot} of ${name} is empty: nothing was erased.`, json: store };
  // What is in use the board refuses in its own words.
  if (!held.active) await confirmed(`${erasedOf(held, name)} Erase it?`, args);
  return storeAnswer(await client.request('slots.erase', { boardId, slot }));
};

const log: Action = async (client, { id: boardId, name }) => {
  const entries = await allOf<BoardLogEntry>((last) =>
    client.request('boards.log', {
      ...{ boardId, limit: pageLimit },
      ...(last === undefined ? {} : { before: last.number }),
    }),
  );
  const rows = entries.map((one): Row => [
    dateTime(one.atMs),
    one.kind,
    one.count > 1 ? `${one.text} (${one.count} times)` : one.text,
    one.by ?? '',
  ]);
  return { text: `${name}\n${table(['when', 'what', '', 'asked for from'], rows)}`, json: { entries } };
};

const forget: Action = async (client, board, args) => {
  const { id: boardId, name } = board;
  // What never told its serial number left nothing.
  if (!boardId.startsWith('port:')) {
    const holdings = await client.request('boards.holdings', { boardId });
    await confirmed(`${forgottenOf(board, holdings).join(' ')} Forget it?`, args);
  }
  await client.request('boards.forget', { boardId });
  return { text: `${name} is forgotten.`, json: { boardId } };
};

const command = (usage: string, about: string, action: Action, more: OptionName[] = []): Command => ({
  ...onBoard(about, action, more, false),
  usage,
  options: ['board', 'port', 'baud', 'emulated', ...more],
});

/** @param away whether the only board will do where it is away */
const onBoard = (about: string, action: Action, more: OptionName[], away: boolean): Command => ({
  usage: '',
  about,
  options: ['board', ...more],
  run: async (client, args) => action(client, await chooseBoard(client, args, away), args),
});

/** A board that the lab knows, attached or away. */
const onKnown = (about: string, action: Action, more: OptionName[] = []): Command =>
  onBoard(about, action, more, true);

export const boardControlCommands: Commands = {
  board: command('', 'what the board’s store holds', async (client, { id: boardId }) =>
    storeAnswer(await client.request('slots.list', { boardId })),
  ),
  'board settings': command('[NAME=VALUE...]', 'shows or changes its settings', settings),
  'board key': command('[ID|none]', 'shows, sets or removes the key its images must be signed with', key, [
    'protect',
  ]),
  'board log': onKnown('what befell it and was done with it, newest first', log),
  'board detach': onKnown(
    'lets go of it: it stays listed, and is not attached at the next start',
    async (client, { id: boardId, name }) => {
      await client.request('boards.detach', { boardId });
      return { text: `${name} is detached; what is kept of it stays.`, json: { boardId } };
    },
  ),
  'board forget': onKnown('deletes all that is kept of it, after asking', forget, ['yes']),
  'board rollback': command('', 'back to the bank that ran before', async (client, { id: boardId }) =>
    storeAnswer(await client.request('slots.rollback', { boardId })),
  ),
  'board confirm': command('', 'ends the trial of the active bank', async (client, { id: boardId }) =>
    storeAnswer(await client.request('slots.confirm', { boardId })),
  ),
  'board stop': command(
    '',
    'nothing answers until it is deployed to again',
    async (client, { id: boardId }) =>
      storeAnswer(await client.request('slots.activate', { boardId, slots: [] })),
  ),
  'board erase': command('SLOT', 'frees a slot, after asking', erase, ['yes']),
};
