/** Every file under a folder. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { throwIfAborted } from '../recordings/file.ts';
import { isAudioName } from '../recordings/find-audio.ts';
import { unreadFormat } from '../recordings/unread-formats.ts';
import { fileError } from '../regular-file.ts';
import { isLogMelName } from './log-mel-clip.ts';

export interface ListOptions {
  signal?: AbortSignal;
  /** Tells whether a link's target may be opened; default: always. */
  allowed?: (real: string) => Promise<boolean>;
}

export interface ListedFiles {
  /** Relative to the folder, with `/`, in order of folders, then names. Hidden ones are among them. */
  names: string[];
  /** Likewise, empty ones too. */
  folders: string[];
  /** What could not be looked into, or may not be. */
  failed: { name: string; error: CurlewError }[];
}

/**
 * Links are followed; one that leads back to a folder it lies in is not. Unlike find-audio, a file reached twice
 * is listed twice: in a data set that is worth a note.
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE if the folder itself cannot be read, ABORTED
 */
export async function listFiles(folder: string, options: ListOptions = {}): Promise<ListedFiles> {
  const found: ListedFiles = { names: [], folders: [], failed: [] };
  const visit = async (name: string, above: readonly string[]): Promise<void> => {
    const path = join(folder, name);
    const real = await realpath(path);
    if (above.includes(real)) return;
    const entries = await readdir(path, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      throwIfAborted(options.signal);
      const child = name === '' ? entry.name : `${name}/${entry.name}`;
      try {
        const isFolder = entry.isSymbolicLink()
          ? await linksToFolder(join(folder, child), options)
          : entry.isDirectory();
        if (!isFolder) {
          found.names.push(child);
          continue;
        }
        found.folders.push(child);
        await visit(child, [...above, real]);
      } catch (thrown) {
        if (thrown instanceof CurlewError && thrown.code === 'ABORTED') throw thrown;
        const error = thrown instanceof CurlewError ? thrown : fileError(join(folder, child), thrown);
        found.failed.push({ name: child, error });
      }
    }
  };
  try {
    await visit('', []);
  } catch (thrown) {
    throw thrown instanceof CurlewError ? thrown : fileError(folder, thrown);
  }
  return found;
}

async function linksToFolder(path: string, { allowed }: ListOptions): Promise<boolean> {
  const real = await realpath(path);
  if (allowed && !(await allowed(real))) {
    throw new CurlewError('PATH_NOT_ALLOWED', `${path} links to a file outside the allowed folders.`, {
      path,
    });
  }
  return (await stat(real)).isDirectory();
}

/** A recording by its name, of a format that can be read or not. Hidden files (memory cards' “._…”) are none. */
export const isRecordingName = (name: string): boolean =>
  !name.split('/').some((part) => part.startsWith('.')) &&
  (isAudioName(name) || isLogMelName(name) || unreadFormat(name) !== null);
