/** What an export is called, so that two runs can be told apart by their files' names. */
import { dateForName } from './contract/figures.ts';

/** UTF-8; a file's name has 255 at most. */
const mostBytesOfPart = 60;

/**
 * What it holds, of what, by what, and when: `detections_site-A_esc10-q4_2026-11-27T13-03-05Z.csv`.
 * @param parts any text
 * @param ending with its dot
 */
export const exportName = (parts: readonly string[], atMs: number, ending: string): string =>
  `${[...parts.map(namePart).filter(Boolean), dateForName(atMs)].join('_')}${ending}`;

/** Letters and digits of any script, dots and hyphens: what every file system and every shell takes as it is. */
export const namePart = (part: string): string =>
  firstBytes(
    part
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{M}\p{N}.-]+/gu, '-')
      .replaceAll(/^[.-]+|[.-]+$/g, ''),
    mostBytesOfPart,
  );

/** The whole characters at the beginning of a text that fit into so many bytes of UTF-8. */
export function firstBytes(text: string, most: number): string {
  let [bytes, end] = [0, 0];
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** As much of a name as fits, of its beginning and, where names differ most, its end; what is left out is marked. */
export function shortened(name: string, most: number): string {
  if (Buffer.byteLength(name) <= most) return name;
  const beginning = firstBytes(name, Math.floor(most / 3));
  const characters = [...name.slice(beginning.length)].reverse().join('');
  const end = [...firstBytes(characters, most - Buffer.byteLength(beginning) - 3)].reverse().join('');
  return `${beginning}…${end}`;
}
