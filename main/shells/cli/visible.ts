/** Text from elsewhere (names of files, what boards call themselves) as a terminal may show it. */

/**
 * With characters that would move the cursor, ring, or turn the direction of text told by their codes, as `\x1b`; a line
 * break stays one.
 */
export const visible = (text: string): string => text.replace(hidden, coded);

/** The same in one line. */
export const inLine = (text: string): string => text.replace(hiddenOrBreak, coded);

// C0 and C1 controls but the line feed; marks, embeddings and isolates of Unicode's bidirectional algorithm.
const hidden = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069](?<!\n)/gu;
const hiddenOrBreak = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/gu;

function coded(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}
