/** What a device under test answers, read out of its lines. What no rule of the protocol names is passed over. */
import { CurlewError } from '../../../main/contract/error.ts';

export const ready = 'm-ready';
/** The last line of a start: where it comes in an answer, the device has restarted. */
export const started = 'm-init-done';

/** @returns what an error line says; null for any other line */
export const errorIn = (line: string): string | null => /^e-\[?(.*?)\]?$/.exec(line)?.[1] ?? null;

/** Whether the protocol has such lines; others are printed by firmware for people. */
export const isOfProtocol = (line: string): boolean => /^[me]-/.test(line);

/** @returns what follows `prefix` in the first line that begins so, out of its brackets */
export function valueOf(lines: readonly string[], prefix: string): string | null {
  const line = lines.find((one) => one.startsWith(prefix));
  if (line === undefined) return null;
  const rest = line.slice(prefix.length);
  return /^\[(.*)\]$/.exec(rest)?.[1] ?? rest;
}

/** @returns microseconds, of each line that tells a time */
export const lapsOf = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => /^m-lap-us-(\d+)$/.exec(line)?.[1] ?? []).map(Number);

/** Counters of microseconds have 32 bits, and begin again after 71 minutes. */
const turn = 2 ** 32;

/** @returns 0 where they took less than a tick of its clock @throws CurlewError BOARD_BAD_REPLY unless two times are told, in order */
export function elapsedOf(laps: readonly number[], where: string): number {
  const [first, last] = laps;
  if (laps.length !== 2 || first === undefined || last === undefined)
    throw badReply(where, `${laps.length} times where two are due`, laps);
  const passed = last < first && first < turn ? last + turn - first : last - first;
  if (passed >= 0) return passed;
  throw badReply(where, 'a time behind its inferences that lies before the one ahead of them', laps);
}

/** @returns the numbers of an answer @throws CurlewError BOARD_BAD_REPLY */
export function resultsOf(lines: readonly string[], where: string): number[] {
  const text = valueOf(lines, 'm-results-');
  if (text === null) throw badReply(where, 'no results', lines);
  const numbers = text.split(',').map((one) => (one.trim() === '' ? NaN : Number(one)));
  if (numbers.every((one) => Number.isFinite(one))) return numbers;
  throw badReply(where, `results that are no numbers (“${text.slice(0, 60)}”)`, lines);
}

/** @returns bytes of `m-buffer-aa-bb-…` lines @throws CurlewError BOARD_BAD_REPLY */
export function bufferOf(lines: readonly string[], where: string): Uint8Array {
  const all: number[] = [];
  for (const line of lines) {
    const text = /^m-buffer-(.*)$/.exec(line)?.[1];
    if (text === undefined) continue;
    if (!/^[0-9a-fA-F]{2}(-[0-9a-fA-F]{2})*-?$/.test(text))
      throw badReply(where, `bytes that are none (“${text.slice(0, 60)}”)`, lines);
    for (const byte of text.match(/[0-9a-fA-F]{2}/g)!) all.push(Number.parseInt(byte, 16));
  }
  return Uint8Array.from(all);
}

export const badReply = (where: string, what: string, lines: readonly unknown[] = []): CurlewError =>
  new CurlewError(
    'BOARD_BAD_REPLY',
    `The device under test at ${where} answers otherwise than the benchmark’s protocol asks: it told ${what}.`,
    { port: where, lines: lines.slice(0, 20) },
  );
