/** What an export is called, so that two runs can be told apart by their files' names. */
import { dateForName } from './contract/figures.ts';

const longestPart = 40;

/**
 * What it holds, of what, by what, and when: `detections_site-A_esc10-q4_2026-11-27T13-03-05Z.csv`.
 * @param parts any text
 * @param ending with its dot
 */
export const exportName = (parts: readonly string[], atMs: number, ending: string): string =>
  `${[...parts.map(namePart).filter(Boolean), dateForName(atMs)].join('_')}${ending}`;

/** Letters and digits of any script, dots and hyphens: what every file system and every shell takes as it is. */
export const namePart = (part: string): string =>
  part
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}.-]+/gu, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, longestPart);
