/** Finding the recordings under files and folders. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { CurlewError } from '../contract/error.ts';
import { fileError } from '../regular-file.ts';
import { fileKinds, type FileKind } from './contract.ts';
import { throwIfAborted } from './file.ts';

/** By its extension, in any case; what a file really is, only opening tells. */
export function isNameOf(name: string, kind: FileKind): boolean {
  const extensions: readonly string[] = fileKinds[kind].extensions;
  return extensions.length === 0 || extensions.includes(extname(name).toLowerCase().slice(1));
}

export const isAudioName = (name: string): boolean => isNameOf(name, 'recordings');

export interface FoundAudio {
  /** In order of folders, then names. */
  files: string[];
  /** What could not be looked into; the search goes on beside it. */
  failed: { path: string; error: CurlewError }[];
}

/**
 * Files are taken as they are, whatever their name; folders are searched to the bottom for audio by name. Hidden
 * entries are left out (memory cards carry shadow files named “._…”), links are followed, no folder twice, no file twice.
 * @param allowed tells whether a link's target may be opened
 * @throws CurlewError ABORTED
 */
export async function findAudio(
  paths: readonly string[],
  options: { signal?: AbortSignal; allowed?: (real: string) => Promise<boolean> } = {},
): Promise<FoundAudio> {
  const found: FoundAudio = { files: [], failed: [] };
  const seen = new Set<string>();
  const visit = async (path: string, named: boolean): Promise<void> => {
    throwIfAborted(options.signal);
    let children: string[];
    try {
      const real = await realpath(path);
      if (seen.has(real)) return;
      seen.add(real);
      if (!named && options.allowed && !(await options.allowed(real))) return;
      const status = await stat(real);
      if (!status.isDirectory()) {
        found.files.push(path);
        return;
      }
      children = await readdir(path);
    } catch (thrown) {
      found.failed.push({ path, error: fileError(path, thrown) });
      return;
    }
    children.sort();
    for (const name of children) {
      if (name.startsWith('.')) continue;
      const child = join(path, name);
      if (isAudioName(name) || (await isFolder(child))) await visit(child, false);
    }
  };
  for (const path of paths) await visit(path, true);
  return found;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
