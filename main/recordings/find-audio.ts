/** Finding the recordings under files and folders. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, sep } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { fileError } from '../regular-file.ts';
import { isRecording } from './container.ts';
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
 * Files are taken as they are, whatever their name; folders are searched to the bottom for audio by name, and by what a
 * file begins with where its name has no extension, one after another, so that the first are found at once. Hidden
 * entries are left out (memory cards carry shadow files named “._…”), links are followed, no folder twice, no file
 * twice. What cannot be looked into is told, and so are links to where nothing may be opened and files of formats that
 * are not read; the search goes on.
 * @throws CurlewError ABORTED
 */
export async function* walkAudio(
  paths: readonly string[],
  options: WalkOptions = {},
): AsyncGenerator<Walked> {
  const seen = new Set<string>();
  for (const path of paths) yield* walk(path, 'named', seen, options);
}

/** Why a file is taken to be a recording: a person named it, its name says so, or only what it begins with can. */
type Because = 'named' | 'name' | 'content';

async function* walk(
  path: string,
  because: Because,
  seen: Set<string>,
  options: WalkOptions,
): AsyncGenerator<Walked> {
  throwIfAborted(options.signal);
  let children: Buffer[];
  try {
    const real = await realpath(path);
    if (seen.has(real)) return;
    seen.add(real);
    if (because !== 'named' && options.allowed && !(await options.allowed(real))) {
      if (because === 'name') yield { path, error: leadsOut(path) };
      return;
    }
    const status = await stat(real);
    if (!status.isDirectory()) {
      if (because === 'content' && !(await isRecording(real))) return;
      const format = because === 'named' ? null : unreadFormat(basename(path));
      yield format === null ? { path } : { path, leftOut: format };
      return;
    }
    children = await readdir(path, { encoding: 'buffer' });
  } catch (thrown) {
    yield { path, error: fileError(path, thrown) };
    return;
  }
  // By their bytes, as names that are no text have no other order; in UTF-8 that is the order of code points.
  children.sort(Buffer.compare);
  for (const bytes of children) {
    const name = bytes.toString('utf8');
    if (name.startsWith('.')) continue;
    const isText = Buffer.from(name, 'utf8').equals(bytes);
    const child = join(path, name);
    let because: Because = 'name';
    if (!isAudioName(name) && unreadFormat(name) === null) {
      const found = await kindOf(isText ? child : Buffer.concat([Buffer.from(`${path}${sep}`), bytes]));
      if (found instanceof Error) yield { path: child, error: fileError(child, found) };
      if (found === 'file' && isText && extname(name) === '') because = 'content';
      else if (found !== 'folder') continue;
    }
    if (isText) yield* walk(child, because, seen, options);
    else yield notText(join(path, escaped(bytes)));
  }
}

const leadsOut = (path: string): CurlewError =>
  new CurlewError(
    'PATH_NOT_ALLOWED',
    `${path} is a link that leads out of the folders that the lab may open: it was left out. Name what it leads to itself, or allow its folder (“curlew folders add FOLDER”), and try again.`,
    { path },
  );

/** Everything that names a file here does so as text. */
const notText = (path: string): Walked => ({
  path,
  error: new CurlewError(
    'FILE_UNSUPPORTED',
    `The name of ${path} is not UTF-8 (its other bytes are written as \\xNN here): it was left out, with what lies in it. Rename it, for example with “convmv -f latin1 -t utf8”, and try again.`,
    { path },
  ),
});

/** ASCII as it is, every other byte by its code. */
const escaped = (name: Buffer): string =>
  [...name].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join('');

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

/** @returns an error, where something keeps it from being looked at; what is gone meanwhile, and a link to nothing, is nothing */
const kindOf = (path: string | Buffer): Promise<'folder' | 'file' | 'nothing' | Error> =>
  stat(path).then(
    (status) => (status.isDirectory() ? 'folder' : status.isFile() ? 'file' : 'nothing'),
    (thrown: NodeJS.ErrnoException) => (thrown.code === 'ENOENT' ? 'nothing' : thrown),
  );
