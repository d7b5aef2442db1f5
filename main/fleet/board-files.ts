/** What a simulated board keeps in the data folder: who it is, and its flash. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { boardProfiles, defaultProfile, type BoardProfile } from '../../devices/boards/profiles.ts';

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
