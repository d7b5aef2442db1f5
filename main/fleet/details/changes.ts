/** What was changed of a board's details, in words for its log. */
import type { BoardDetails, BoardSettings } from '../../contract/types.ts';
import { settingWord } from '../contract/setting-words.ts';

const quoted = (text: string): string => (text === '' ? 'none' : `“${text}”`);

/** A phrase for each; none where nothing differs. @param groupName of a group's id */
export function changesOf(
  before: BoardDetails,
  after: BoardDetails,
  groupName: (id: string) => string = (id) => id,
): string[] {
  const said: string[] = [];
  if (before.name !== after.name) said.push(`Name: ${quoted(after.name)}`);
  if (before.site !== after.site) said.push(`Site: ${quoted(after.site)}`);
  const { latitude, longitude } = after;
  if (before.latitude !== latitude || before.longitude !== longitude) {
    said.push(`Place: ${latitude === null ? 'not known' : `${latitude}°, ${longitude}°`}`);
  }
  if (before.notes !== after.notes) said.push('Notes were changed');
  if (before.tags.join(';') !== after.tags.join(';')) said.push(`Tags: ${quoted(after.tags.join(', '))}`);
  if (before.groupId !== after.groupId) {
    said.push(`Group: ${after.groupId === null ? 'none' : quoted(groupName(after.groupId))}`);
  }
  const names = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  for (const name of names as Set<keyof BoardDetails['settings'] & keyof BoardSettings>) {
    const [was, is] = [before.settings[name], after.settings[name]];
    if (was !== is) said.push(`Wanted of it: ${settingWord(name, is)}`);
  }
  if (before.bank?.sha256 !== after.bank?.sha256) {
    const { bank } = after;
    said.push(bank ? `Wanted on it: ${bank.name}, version ${bank.version}` : 'No bank of its own is wanted');
  }
  if (before.whenMet !== after.whenMet) {
    said.push(after.whenMet ? 'It is brought up to date when it is met' : 'It waits for no update');
  }
  return said;
}
