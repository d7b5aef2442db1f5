/** Finding the recordings under files and folders. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { CurlewError } from '../contract/error.ts';
import { fileError } from '../regular-file.ts';
import { fileKinds, type FileKind } from './contract.ts';
import { throwIfAborted } from './file.ts';
import { unread, unreadFormat } from './unread-formats.ts';

/** By its extension, in any case; what a file really is, only opening tells. */
export function isNameOf(name: string, kind: FileKind): boolean {
  const extensions: readonly string[] = fileKinds[kind].extensions;
  return extensions.length === 0 || extensions.includes(extname(name).toLowerCase().slice(1));
}

export const isAudioName = (name: string): boolean => isNameOf(name, 'recordings');

export interface FoundAudio {
  /** In order of folders, then names. */
  files: string[];
  /** What could not be looked into, and what is of a format that is not read; the search goes on beside it. */
  failed: { path: string; error: CurlewError }[];
}

/** `leftOut`: the format that its name promises, which is not read. */
export type Walked =
  { path: string } | { path: string; leftOut: string } | { path: string; error: CurlewError };

export interface WalkOptions {
  signal?: AbortSignal;
  /** Tells whether a link's target may be opened. */
  allowed?: (real: string) => Promise<boolean>;
}

/**
 * Files are taken as they are, whatever their name; folders are searched to the bottom for audio by name, one after
 * another, so that the first are found at once. Hidden entries are left out (memory cards carry shadow files named
 * “._…”), links are followed, no folder twice, no file twice. What cannot be looked into is told, and so are files of
 * formats that are not read; the search goes on.
 * @throws CurlewError ABORTED
 */
export async function* walkAudio(
  paths: readonly string[],
  options: WalkOptions = {},
): AsyncGenerator<Walked> {
  const seen = new Set<string>();
  for (const path of paths) yield* walk(path, true, seen, options);
}

async function* walk(
  path: string,
  named: boolean,
  seen: Set<string>,
  options: WalkOptions,
): AsyncGenerator<Walked> {
  throwIfAborted(options.signal);
  let children: string[];
  try {
    const real = await realpath(path);
    if (seen.has(real)) return;
    seen.add(real);
    if (!named && options.allowed && !(await options.allowed(real))) return;
    const status = await stat(real);
    if (!status.isDirectory()) {
      const format = named ? null : unreadFormat(basename(path));
      yield format === null ? { path } : { path, leftOut: format };
      return;
    }
    children = await readdir(path);
  } catch (thrown) {
    yield { path, error: fileError(path, thrown) };
    return;
  }
  children.sort();
  for (const name of children) {
    if (name.startsWith('.')) continue;
    const child = join(path, name);
    const isSound = isAudioName(name) || unreadFormat(name) !== null;
    if (isSound || (await isFolder(child))) yield* walk(child, false, seen, options);
  }
}

/** All that `walkAudio` finds. @throws CurlewError ABORTED */
export async function findAudio(paths: readonly string[], options: WalkOptions = {}): Promise<FoundAudio> {
  const found: FoundAudio = { files: [], failed: [] };
  for await (const one of walkAudio(paths, options)) {
    if ('error' in one) found.failed.push(one);
    else if ('leftOut' in one) found.failed.push({ path: one.path, error: unread(one.path, one.leftOut) });
    else found.files.push(one.path);
  }
  return found;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
