import { CurlewError } from '../../../contract/error.ts';

/** What `--as` says of one label; its new name is empty where it is to be left out. @throws CurlewError REQUEST_INVALID */
export function renamedLabel(word: string): [label: string, as: string] {
  const at = word.lastIndexOf('=');
  if (at > 0) return [word.slice(0, at), word.slice(at + 1).trim()];
  throw new CurlewError(
    'REQUEST_INVALID',
    `--as takes a label and what to call it, as “Dog=dog”, not “${word}”.`,
  );
}
