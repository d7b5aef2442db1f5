/** Files written where a person said: never over a recording or over what is read, whole or not at all. */
import { randomUUID } from 'node:crypto';
import {
  access,
  constants,
  lstat,
  mkdir,
  open,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { CurlewError } from './contract/error.ts';
import { isRecording } from './recordings/container.ts';
import { isAudioName } from './recordings/find-audio.ts';
import { whyUnwritable } from './why-unwritable.ts';

export interface OutputRules {
  /** Whether a file that is there may be replaced; `never`: nor can the person have it so. */
  overwrite: boolean | 'never';
  /** Files, and folders with all that is in them, that are never replaced: what is read, and what the lab keeps. */
  keep: readonly string[];
  /** What is written are recordings: they may have such a name, and replace nothing all the same. */
  recordings?: true;
}

/** Whole, or in pieces, each written before the next is made. */
export type OutputData =
  string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Where it is noted what was made. */
export interface Notes {
  note(path: string): Promise<void>;
}

/** A place that was found fit. */
export interface Output {
  /** As the person wrote it. */
  readonly path: string;
  /**
   * Beside its place first, onto the disk, then in its place; what it replaces keeps its permissions.
   * @param mode of a new file
   * @throws CurlewError as `Outputs.file`, and what making a piece throws; nothing is changed then
   */
  write(data: OutputData, mode?: number): Promise<void>;
  /**
   * The same by somebody who writes a file of a name they are given: a database, say.
   * @param by is given a file that is there and empty, beside its place, and has closed it when it resolves
   */
  fill<T>(by: (beside: string) => Promise<T>): Promise<T>;
}

export interface OutputFolder {
  readonly path: string;
  /** Made where it is not there. @param name one of those it was asked for @throws CurlewError as `Output.write` */
  write(name: string, data: OutputData): Promise<void>;
}

/** The outputs of one command. Every place is examined when it is named, before the work, and again when it is written. */
export class Outputs {
  private readonly taken = new Map<string, string>();
  /** Files, and folders, that were not there before, in the order in which they were made. */
  private readonly made: { path: string; isFolder: boolean }[] = [];
  private notes: Notes | null = null;

  constructor(private readonly rules: OutputRules) {}

  /** Has each file that is made noted before it is there. */
  noteIn(notes: Notes): void {
    this.notes = notes;
  }

  /**
   * @throws CurlewError FILE_EXISTS; FILE_PROTECTED for what is never replaced, and for a recording's name;
   *   FILE_UNWRITABLE where the folder is missing or takes no file; REQUEST_INVALID for a place named twice
   */
  async file(path: string): Promise<Output> {
    const real = await placeOf(path);
    this.take(path, real);
    await this.examine(path, real);
    await probe(dirname(real), path);
    return {
      path,
      write: (data, mode = 0o666) => this.write(path, real, data, mode),
      fill: (by) => this.put(path, real, 0o666, (_file, beside) => by(beside)),
    };
  }

  /**
   * A folder that is there, or whose own folder is.
   * @param names of the files that will be written there
   * @throws CurlewError as `file`
   */
  async folder(path: string, names: readonly string[]): Promise<OutputFolder> {
    const real = await placeOf(path);
    const there = await statusOf(real);
    if (there && !there.isDirectory()) throw unwritable(path, 'it is a file; name a folder');
    await probe(there ? real : dirname(real), path);
    for (const name of names) {
      this.take(join(path, name), join(real, name));
      await this.examine(join(path, name), join(real, name));
    }
    return {
      path,
      write: async (name, data) => {
        await this.makeFolder(path);
        await this.write(join(path, name), join(real, name), data, 0o666);
      },
    };
  }

  /** With those above it, where they are not there. @throws CurlewError FILE_UNWRITABLE */
  async makeFolder(path: string): Promise<void> {
    const asked = resolve(path);
    try {
      const first = await mkdir(asked, { recursive: true });
      if (first === undefined) return;
      for (let at = asked; at.length >= first.length; at = dirname(at))
        this.made.push({ path: at, isFolder: true });
    } catch (thrown) {
      throw writeFailure(path, thrown);
    }
  }

  /**
   * Takes away what was written here and replaced nothing, with folders that were made for it and are empty then: of
   * many files that belong together all are there or none, so that they can be written again. What replaced a file stays.
   */
  async takeBack(): Promise<void> {
    for (const { path } of this.made.filter(({ isFolder }) => !isFolder)) await rm(path, { force: true });
    const folders = this.made.filter(({ isFolder }) => isFolder).map(({ path }) => path);
    await removeEmpty(folders);
    this.made.length = 0;
  }

  /** Where names differ only in their case, some file systems see one file. */
  private take(path: string, real: string): void {
    const name = real.normalize('NFC').toLowerCase();
    const other = this.taken.get(name);
    if (other !== undefined) {
      throw new CurlewError(
        'REQUEST_INVALID',
        `${path === other ? `${path} is named twice` : `${path} and ${other} are one file`}; give every output a name of its own.`,
        { path },
      );
    }
    this.taken.set(name, path);
  }

  /** @returns the permissions of the file that it will replace, null where there is none */
  private async examine(path: string, real: string): Promise<number | null> {
    if (isAudioName(real) && !this.rules.recordings)
      throw isProtected(path, 'that is the name of a recording; name a file for the output');
    const there = await statusOf(real).catch((thrown: unknown) => {
      throw writeFailure(path, thrown);
    });
    if (!there) return null;
    if (there.isDirectory()) throw unwritable(path, 'it is a folder; name a file in it');
    if (!there.isFile()) throw unwritable(path, 'it is no ordinary file');
    if (await this.isKept(real, there)) throw isProtected(path, 'it is read, or kept by the lab');
    if (await isRecording(real)) throw isProtected(path, 'it is a recording');
    if (await isDatabase(real)) throw isProtected(path, 'it is a database');
    if (this.rules.overwrite !== true) {
      throw new CurlewError(
        'FILE_EXISTS',
        `${path} is there already and stays as it is; name another file${this.rules.overwrite === 'never' ? '' : ', or add --overwrite'}.`,
        { path },
      );
    }
    await access(real, constants.W_OK).catch((thrown: unknown) => {
      throw writeFailure(path, thrown);
    });
    return Number(there.mode) & 0o777;
  }

  /** The same file under whatever name, or within a folder that is kept. */
  private async isKept(real: string, there: Status): Promise<boolean> {
    for (const path of this.rules.keep) {
      const kept = await statusOf(path);
      if (!kept) continue;
      if (kept.isDirectory() ? real.startsWith((await realpath(path)) + sep) : isSame(kept, there))
        return true;
    }
    return false;
  }

  private write(path: string, real: string, data: OutputData, mode: number): Promise<void> {
    return this.put(path, real, mode, (file) => writeFile(file, data));
  }

  private async put<T>(
    path: string,
    real: string,
    mode: number,
    fill: (file: FileHandle, beside: string) => Promise<T>,
  ): Promise<T> {
    const beside = besideName(dirname(real));
    const made: string[] = [];
    const make = async (name: string): Promise<FileHandle> => {
      await this.notes?.note(name);
      const file = await open(name, 'wx', mode);
      made.push(name);
      return file;
    };
    try {
      const file = await make(beside);
      let replaced: number | null;
      let filled: T;
      try {
        filled = await fill(file, beside);
        await file.sync();
        replaced = await this.examine(path, real);
        if (replaced !== null) await file.chmod(replaced);
        // Takes the name, if nobody else has: renaming alone would replace a file that came meanwhile.
        else await (await make(real)).close();
      } finally {
        await file.close();
      }
      await rename(beside, real);
      if (replaced === null) this.made.push({ path: real, isFolder: false });
      return filled;
    } catch (thrown) {
      // What went wrong first is what is told.
      await Promise.allSettled(made.map((name) => rm(name, { force: true })));
      throw writeFailure(path, thrown);
    }
  }
}

/** Of these folders, those in which nothing is left, the deepest first; one in which somebody put something stays. */
export async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const path of folders.toSorted((a, b) => b.length - a.length))
    await rmdir(path).catch(() => undefined);
}

type Status = NonNullable<Awaited<ReturnType<typeof statusOf>>>;

/** Large numbers, since file systems number files beyond 2^53. Null where nothing is there. */
async function statusOf(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}

const isSame = (a: Status, b: Status): boolean => a.dev === b.dev && a.ino === b.ino;
const isMissing = (thrown: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '');

/** With every link followed, so that a link stays a link and what it leads to is what is examined. */
async function placeOf(path: string): Promise<string> {
  const asked = resolve(path);
  try {
    return await realpath(asked);
  } catch (thrown) {
    if (!isMissing(thrown)) throw writeFailure(path, thrown);
  }
  if (await lstat(asked).catch(() => null)) throw unwritable(path, 'it is a link that leads nowhere');
  const folder = dirname(asked);
  try {
    return join(await realpath(folder), basename(asked));
  } catch (thrown) {
    throw isMissing(thrown)
      ? unwritable(path, `there is no folder ${folder}; make it first`)
      : writeFailure(path, thrown);
  }
}

const besideName = (folder: string): string => join(folder, `.curlew-${randomUUID()}.part`);

/** Whether a folder takes files, only making one tells: permissions do not know of disks mounted to be read only. */
async function probe(folder: string, path: string): Promise<void> {
  const beside = besideName(folder);
  try {
    await (await open(beside, 'wx')).close();
    await rm(beside);
  } catch (thrown) {
    throw writeFailure(path, thrown);
  }
}

async function isDatabase(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 8);
    return buffer.toString('latin1') === 'DUCK';
  } finally {
    await file.close();
  }
}

const unwritable = (path: string, why: string, cause?: unknown) =>
  new CurlewError('FILE_UNWRITABLE', `${path} cannot be written: ${why}.`, { path }, { cause });

const isProtected = (path: string, why: string) =>
  new CurlewError('FILE_PROTECTED', `${path} is never written over: ${why}.`, { path });

/** What the system said of a failed write, in a sentence. */
export function writeFailure(path: string, thrown: unknown): CurlewError {
  if (thrown instanceof CurlewError) return thrown;
  return unwritable(path, whyUnwritable(thrown), thrown);
}
