/** The folders that a person lets the lab open beside the usual ones: one setting, for every page and the command line. */
import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import * as v from 'valibot';
import { CurlewError } from '../contract/error.ts';
import { fileError, readWhole } from '../regular-file.ts';
import { resources } from '../resources.ts';
import { writeDurably } from '../write-durably.ts';
import type { AllowedFolders } from './contract.ts';

export const usualFolders = (): string[] =>
  [homedir(), '/media', '/mnt', '/Volumes', resources.bank].filter((path) => existsSync(path));

const schema = v.strictObject({ folders: v.array(v.string()) });
const mostBytes = 1e6;

export class Folders {
  private constructor(
    private readonly file: string,
    private folders: string[],
    private readonly onChange: (folders: readonly string[]) => void,
    private readonly named: readonly string[],
  ) {}

  /**
   * @param onChange told of all that were added, now and whenever they change
   * @param named folders that are opened beside the usual ones as long as this lab runs
   * @throws CurlewError FILE_DAMAGED
   */
  static async open(
    dataFolder: string,
    onChange: (folders: readonly string[]) => void,
    named: readonly string[] = [],
  ): Promise<Folders> {
    const file = join(dataFolder, 'folders.json');
    const folders = new Folders(file, existsSync(file) ? await read(file) : [], onChange, named);
    onChange(folders.folders);
    return folders;
  }

  list(): AllowedFolders {
    return { usual: [...usualFolders(), ...this.named], added: [...this.folders] };
  }

  /** @throws CurlewError PATH_NOT_ALLOWED, FILE_NOT_FOUND, FILE_UNREADABLE */
  async add(path: string): Promise<AllowedFolders> {
    const folder = await folderAt(path);
    if (!this.folders.includes(folder)) await this.keep([...this.folders, folder]);
    return this.list();
  }

  /** @throws CurlewError FILE_NOT_FOUND where it is none of those that were added */
  async remove(path: string): Promise<AllowedFolders> {
    const folder = resolve(path);
    if (!this.folders.includes(folder)) {
      throw new CurlewError(
        'FILE_NOT_FOUND',
        `${path} is none of the folders that were added (${this.folders.join(', ') || 'there is none'}).`,
        { path },
      );
    }
    await this.keep(this.folders.filter((one) => one !== folder));
    return this.list();
  }

  private async keep(folders: string[]): Promise<void> {
    await writeDurably(this.file, `${JSON.stringify({ folders }, null, 2)}\n`);
    this.folders = folders;
    this.onChange(folders);
  }
}

/** What is really there. @throws CurlewError PATH_NOT_ALLOWED, FILE_NOT_FOUND, FILE_UNREADABLE */
export async function folderAt(path: string): Promise<string> {
  if (path.includes('\0') || !isAbsolute(path)) {
    throw new CurlewError('PATH_NOT_ALLOWED', `“${path}” is not an absolute path.`, { path });
  }
  try {
    if ((await stat(path)).isDirectory()) return await realpath(path);
  } catch (thrown) {
    throw fileError(path, thrown);
  }
  throw new CurlewError('FILE_UNREADABLE', `${path} is a file; name the folder that it lies in.`, { path });
}

async function read(file: string): Promise<string[]> {
  const text = (await readWhole(file, mostBytes, 'a list of folders')).toString('utf8');
  try {
    return v.parse(schema, JSON.parse(text)).folders;
  } catch (cause) {
    throw new CurlewError(
      'FILE_DAMAGED',
      `${file} does not list the folders that this lab may open: delete it, and add them again.`,
      { file },
      { cause },
    );
  }
}
