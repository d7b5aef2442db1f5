/** What a simulated board keeps in the data folder: who it is, and its flash. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { boardProfiles, defaultProfile, type BoardProfile } from '../../devices/boards/profiles.ts';
import { CurlewError } from '../contract/error.ts';
import { whyUnwritable } from '../why-unwritable.ts';

/**
 * 8 bytes and the chip, drawn and chosen once.
 * @param wanted for a board that is new
 * @throws what the file system throws
 */
export function identity(file: string, wanted: BoardProfile): { id: Uint8Array; profile: BoardProfile } {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  const [, hex, chip] = /^([0-9a-f]{16})(?: (\S+))?$/.exec(text) ?? [];
  // A board from before chips were kept, or of one whose profile is no more, is of the usual one.
  const profile = boardProfiles.find(({ name }) => name === chip) ?? defaultProfile;
  if (hex !== undefined) return { id: Uint8Array.from(Buffer.from(hex, 'hex')), profile };
  const id = randomBytes(8);
  replaceFile(file, `${id.toString('hex')} ${wanted.name}`);
  return { id: Uint8Array.from(id), profile: wanted };
}

/** Those of the boards `NAME-1`, `NAME-2`, … that are kept, from the lowest on. @throws what the file system throws */
export const keptNumbers = (folder: string, name: string): number[] =>
  readdirSync(folder)
    .filter((file) => file.startsWith(`${name}-`))
    .map((file) => Number(/^(\d+)\.id$/.exec(file.slice(name.length + 1))?.[1]))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);

/**
 * The next of them, made.
 * @param what such a board is called in the sentence: “A virtual board”
 * @throws CurlewError PORT_FAILED where its files cannot be written
 */
export function oneMore<T>(folder: string, name: string, what: string, make: (number: number) => T): T {
  try {
    return make(1 + Math.max(0, ...keptNumbers(folder, name)));
  } catch (cause) {
    throw noFiles(what, folder, cause);
  }
}

/** @param what board it is: “A virtual board” */
export const noFiles = (what: string, folder: string, cause: unknown): CurlewError =>
  new CurlewError(
    'PORT_FAILED',
    `${what} keeps its identity and its flash in ${folder}, which cannot be used: ${whyUnwritable(cause)}.`,
    { folder },
    { cause },
  );

/** The flash first: what a crash leaves behind is the same board, as new. @throws what the file system throws */
export async function removeBoardFiles(folder: string, name: string): Promise<void> {
  for (const ending of ['flash', 'flash.new', 'id'])
    await rm(join(folder, `${name}.${ending}`), { force: true });
}

/** Beside it first, then in its place: a crash, or a full disk, leaves the old file or the new one. */
export function replaceFile(path: string, contents: Uint8Array | string): void {
  const beside = `${path}.new`;
  try {
    writeFileSync(beside, contents, { mode: 0o600 });
    renameSync(beside, path);
  } catch (thrown) {
    try {
      rmSync(beside, { force: true });
    } catch {
      // Why it could not be written says more than why it cannot be taken away.
    }
    throw thrown;
  }
}
