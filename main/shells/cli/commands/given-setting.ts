/** What is typed as `NAME=VALUE`: a board's setting, `periodS=600`, and others. */
import { CurlewError } from '../../../contract/error.ts';
import type { BoardSettings } from '../../../contract/types.ts';

/** `NAME=VALUE` in two; null for a word that is none such. */
export function assignment(word: string): { name: string; text: string } | null {
  const [, name, text] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  return name === undefined || text === undefined ? null : { name, text };
}

/** @throws CurlewError REQUEST_INVALID */
export function settingOf(name: keyof BoardSettings, text: string): BoardSettings[keyof BoardSettings] {
  if (name === 'name') return text;
  if ((name === 'latitude' || name === 'longitude') && text === '') return null;
  if (name === 'autoStart') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new CurlewError('REQUEST_INVALID', `${name} is true or false, not “${text}”.`);
  }
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new CurlewError('REQUEST_INVALID', `${name} is a number, not “${text}”.`);
}

/** @throws CurlewError REQUEST_INVALID */
export function yesOrNo(name: string, text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new CurlewError('REQUEST_INVALID', `${name} is yes or no, not “${text}”.`);
}
