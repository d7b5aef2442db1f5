/** Which files the lab opens for a page: those inside the allowed folders, links followed, and nothing else. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import type { Role } from '../contract/roles.ts';
import type { FileEntry } from '../contract/types.ts';
import { fileError } from '../regular-file.ts';
import type { FileKind } from './contract.ts';
import { isNameOf } from './find-audio.ts';

export interface FolderListing {
  path: string;
  /** Null at the top of an allowed folder. */
  parent: string | null;
  entries: FileEntry[];
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export class AllowedPaths {
  /** As they were named, and what is really there. */
  private readonly named = new Set<string>();
  private real = Promise.resolve<ReadonlySet<string>>(new Set<string>());
  /** Of those, what a person added in the lab's settings, and may take away again. */
  private added: readonly string[] = [];

  /** @param usual absolute folders; those that do not exist are passed over */
  constructor(private readonly usual: readonly string[]) {
    for (const root of usual) this.allow(root);
  }

  /** Folders to begin looking in. */
  get roots(): string[] {
    return [...this.usual, ...this.added];
  }

  /** Adds a folder or a single file, for what a person has chosen in a dialog. */
  allow(path: string): void {
    const added = resolve(path);
    if (this.named.has(added)) return;
    this.named.add(added);
    const found = realpath(added).catch(() => null);
    this.real = this.real.then(async (real) => {
      const one = await found;
      return one === null ? real : new Set([...real, one]);
    });
  }

  /** The folders that a person added in the lab's settings, in place of those so far. */
  setAdded(folders: readonly string[]): void {
    const gone = this.added.filter((one) => !folders.includes(one) && !this.usual.includes(one));
    for (const one of gone) this.named.delete(one);
    this.real = this.real.then((real) => new Set([...real].filter((one) => !gone.includes(one))));
    this.added = [...folders];
    for (const one of folders) this.allow(one);
  }

  /**
   * The real path behind `path`, with every link followed.
   * @param role who asks: what the owner names is chosen, as in a dialog
   * @throws CurlewError PATH_NOT_ALLOWED when it lies outside the allowed folders, FILE_NOT_FOUND, FILE_UNREADABLE
   */
  async resolve(path: string, role: Role): Promise<string> {
    if (path.includes('\0') || !isAbsolute(path)) {
      throw new CurlewError('PATH_NOT_ALLOWED', `“${path}” is not an absolute path.`, { path });
    }
    if (role === 'owner') this.allow(path);
    const roots = await this.real;
    // Before anything is looked up: what exists outside must not be told from what does not.
    const asked = resolve(path);
    if (!inside(asked, roots) && !inside(asked, this.named)) throw this.refusal(path);
    let real: string;
    try {
      real = await realpath(asked);
    } catch (thrown) {
      throw fileError(path, thrown);
    }
    if (!inside(real, roots)) throw this.refusal(path);
    return real;
  }

  /**
   * Where a file may be written: in an allowed folder, or at a path that was chosen.
   * @throws CurlewError as resolve
   */
  async place(path: string, role: Role): Promise<string> {
    const asked = resolve(path);
    const chosen = isAbsolute(path) && this.named.has(asked);
    const folder = chosen
      ? await realpath(dirname(asked)).catch((thrown: unknown) => {
          throw fileError(dirname(path), thrown);
        })
      : await this.resolve(dirname(path), role);
    return join(folder, basename(asked));
  }

  /** @param real a path with every link followed */
  async permits(real: string): Promise<boolean> {
    return inside(real, await this.real);
  }

  /**
   * Folders and files of a kind (by name) of a folder, folders first; hidden ones and links to the outside are left out.
   * @throws CurlewError as resolve; FILE_UNREADABLE also when it is no folder
   */
  async browse(path: string, kind: FileKind = 'recordings'): Promise<FolderListing> {
    const folder = await this.resolve(path, 'operator');
    const roots = await this.real;
    let names: string[];
    try {
      names = await readdir(folder);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOTDIR') {
        throw new CurlewError('FILE_UNREADABLE', `${folder} is a file; choose a folder to look into.`, {
          path,
        });
      }
      throw fileError(folder, thrown);
    }
    const entries: FileEntry[] = [];
    for (const name of names) {
      if (name.startsWith('.')) continue;
      const entry = await describe(join(folder, name), roots);
      if (entry !== null && (entry.folder || isNameOf(name, kind))) entries.push(entry);
    }
    entries.sort((a, b) => Number(b.folder) - Number(a.folder) || byName.compare(a.name, b.name));
    const parent = dirname(folder);
    return { path: folder, parent: parent !== folder && inside(parent, roots) ? parent : null, entries };
  }

  private refusal(path: string): CurlewError {
    return new CurlewError(
      'PATH_NOT_ALLOWED',
      `${path} is outside the folders that this lab may open (${this.roots.join(', ')}). Start the lab with ` +
        '--folder FOLDER to open another, or add it for good with “curlew folders add FOLDER” or under Lab on the page.',
      { path },
    );
  }
}

/** Whether the path or a folder above it is among them; many may be, after a command line with many files. */
function inside(path: string, roots: ReadonlySet<string>): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (roots.has(at)) return true;
    if (at === dirname(at)) return false;
  }
}

/** Null for what vanished, leads outside, or is neither file nor folder. */
async function describe(path: string, roots: ReadonlySet<string>): Promise<FileEntry | null> {
  try {
    const real = await realpath(path);
    if (!inside(real, roots)) return null;
    const status = await stat(real);
    if (!status.isFile() && !status.isDirectory()) return null;
    return {
      name: basename(path),
      path,
      folder: status.isDirectory(),
      bytes: status.isFile() ? status.size : 0,
    };
  } catch {
    return null;
  }
}
