/** What `curlew fleet set` and `curlew fleet group` are told: `NAME=VALUE`, an empty value for none. */
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import type { BoardSettings, DetailsChange, SettingsChange } from '../../../../contract/types.ts';
import { settingWords } from '../../../../fleet/contract/setting-words.ts';
import { listed } from '../../args.ts';
import type { Args } from '../../command.ts';
import { assignment, settingOf } from '../given-setting.ts';
import { boardsOf, groupNamed, type FleetBoard } from './boards.ts';

const wantable = (Object.keys(settingWords) as (keyof BoardSettings)[]).filter(
  (name) => name !== 'name' && name !== 'latitude' && name !== 'longitude',
);
const ofBoards = ['name', 'site', 'latitude', 'longitude', 'notes', 'tags', 'group', 'bank'];
const ofGroups = ['name', 'notes', 'bank'];

function take(settings: SettingsChange, name: string, text: string, words: readonly string[]): void {
  if (!(wantable as string[]).includes(name)) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `There is no “${name}” to set: write NAME=VALUE with one of ${[...words, ...wantable].join(', ')}.`,
    );
  }
  const value = text === '' ? null : settingOf(name as keyof BoardSettings, text);
  Object.assign(settings, { [name]: value });
}

/** Words with a “=” say what, the others which boards. @throws CurlewError REQUEST_INVALID, BOARD_NOT_FOUND, GROUP_NOT_FOUND */
export async function assigned(
  client: LabClient,
  args: Args,
): Promise<{ boards: FleetBoard[]; change: DetailsChange }> {
  const change: DetailsChange = {};
  const settings: SettingsChange = {};
  const which = args.words.filter((word) => assignment(word) === null);
  for (const word of args.words) {
    const { name, text } = assignment(word) ?? { name: '', text: '' };
    if (name === '') continue;
    if (name === 'name' || name === 'site' || name === 'notes') change[name] = text;
    else if (name === 'latitude' || name === 'longitude')
      change[name] = settingOf(name, text) as number | null;
    else if (name === 'tags') change.tags = listed(text).map((tag) => tag.trim());
    else if (name === 'group') change.groupId = text === '' ? null : (await groupNamed(client, text)).id;
    else if (name === 'bank') change.expertId = text || null;
    else take(settings, name, text, ofBoards);
  }
  if (Object.keys(settings).length > 0) change.settings = settings;
  if (Object.keys(change).length === 0) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `Say what to set, as site=“Reed bed”: ${[...ofBoards, ...wantable].join(', ')}.`,
    );
  }
  const boards = await boardsOf(client, which, args);
  if (boards.length > 0) return { boards, change };
  throw new CurlewError(
    'REQUEST_INVALID',
    'Say which boards: by serial number or name, or with --group NAME.',
  );
}

/** @throws CurlewError REQUEST_INVALID */
export function groupAssigned(words: readonly string[]): {
  name?: string;
  notes?: string;
  expertId?: string | null;
  settings?: SettingsChange;
} {
  const change: ReturnType<typeof groupAssigned> = {};
  const settings: SettingsChange = {};
  for (const word of words) {
    const given = assignment(word);
    if (!given) throw new CurlewError('REQUEST_INVALID', `“${word}” sets nothing: write NAME=VALUE.`);
    const { name, text } = given;
    if (name === 'name' || name === 'notes') change[name] = text;
    else if (name === 'bank') change.expertId = text || null;
    else take(settings, name, text, ofGroups);
  }
  return Object.keys(settings).length > 0 ? { ...change, settings } : change;
}
