/** What DuckDB's sentences mean: it has no codes for them. Each was seen by making the case (open-store.test.ts). */
import { CurlewError } from '../contract/error.ts';

const held = /Could not set lock on file|being used by another process|File is already open in/;
/** The system's refusals, also where they come wrapped as a failure to read the log. */
const refused =
  /Permission denied|Is a directory|No space left|No such file|Input\/output error|Too many open/;
const damaged =
  /corrupt|not a valid DuckDB database|Could not read enough bytes|Failure while replaying WAL/i;

/** No room for it, with the file where DuckDB names one: the store's log, say, or a table that it writes. */
const full = /No space left on device|Disk quota exceeded|not enough disk space/i;
const unwritten = /[Cc]ould not write (?:all )?(?:to )?file "([^"]+)"/;

export const isHeld = (thrown: unknown): boolean => held.test(messageOf(thrown));
export const isDamage = (thrown: unknown): boolean =>
  !refused.test(messageOf(thrown)) && damaged.test(messageOf(thrown));

/** DuckDB then answers nothing more until it is opened again: a checkpoint that ran out of space, say. */
export const isGivenUp = (thrown: unknown): boolean =>
  /^FATAL Error|database has been invalidated/.test(messageOf(thrown));

/** Length and checksum before each entry of the log. */
const entryHeadBytes = 16;

/** Where the log stops being sound, if that is what the message says, bytes; DuckDB names the entry's content. */
export function soundLogBytes(message: string): number | null {
  const position = /Corrupt WAL file: entry at byte position (\d+)/.exec(message)?.[1];
  return position === undefined ? null : Number(position) - entryHeadBytes;
}

export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

export const storeDamaged = (path: string, text: string, cause?: unknown): CurlewError =>
  new CurlewError(
    'STORE_DAMAGED',
    `The lab's store ${path} is damaged (${text}). What can be read of it is saved into a new one before it is ` +
      'used again.',
    { path, damage: text },
    { cause },
  );

/** Anything that DuckDB or the file system throws about the store at `path`; our own errors pass through. */
export function storeError(thrown: unknown, path: string): CurlewError {
  if (thrown instanceof CurlewError) return thrown;
  const text = messageOf(thrown);
  if (isHeld(thrown)) {
    return new CurlewError(
      'STORE_LOCKED',
      `Another Curlew has ${path} open. Use that one, or close it and try again.`,
      { path },
      { cause: thrown },
    );
  }
  if (isDamage(thrown)) return storeDamaged(path, text, thrown);
  if (full.test(text)) {
    const file = unwritten.exec(text)?.[1] ?? path;
    return new CurlewError(
      'STORE_FULL',
      `The disk is full: ${file} cannot be written. What was kept before is safe; make room there and try again.`,
      { path, file },
      { cause: thrown },
    );
  }
  return new CurlewError(
    'STORE_FAILED',
    `The lab's store ${path} failed: ${text}`,
    { path },
    { cause: thrown },
  );
}
