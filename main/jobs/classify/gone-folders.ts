/** Folders that go away while recordings of theirs are classified: a card that is pulled, a disk that is unmounted. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CurlewError } from '../../contract/error.ts';
import { count } from '../../contract/figures.ts';
import { liesIn } from '../../lies-in.ts';

export class GoneFolders {
  private readonly gone = new Set<string>();

  private constructor(
    /** What the chosen folders were at the beginning; null: not there. */
    private readonly chosen: ReadonlyMap<string, string | null>,
  ) {
    for (const [path, identity] of chosen) if (identity === null) this.gone.add(path);
  }

  /** @param chosen files and folders */
  static async of(chosen: readonly string[]): Promise<GoneFolders> {
    return new GoneFolders(
      new Map(await Promise.all(chosen.map(async (path) => [path, await identityOf(path)] as const))),
    );
  }

  /** Of the chosen those that were there at the beginning. */
  get there(): string[] {
    return [...this.chosen].flatMap(([path, identity]) => (identity === null ? [] : [path]));
  }

  get any(): boolean {
    return this.gone.size > 0;
  }

  /** Whether a recording lies in a folder that is known to have gone. */
  holds(path: string): boolean {
    return [...this.gone].some((folder) => liesIn(path, folder));
  }

  /** Whether a recording that cannot be read went away with a folder, rather than by itself. */
  async took(path: string): Promise<boolean> {
    for (const folder of this.above(path)) {
      const identity = await identityOf(folder);
      // Where a disk was mounted another folder may lie now, an empty one.
      if (identity !== null && identity === (this.chosen.get(folder) ?? identity)) continue;
      this.gone.add(folder);
      return true;
    }
    return false;
  }

  /** @param files that wait in them */
  error(files: number): CurlewError {
    const folders = [...this.gone];
    const [first] = folders;
    const which =
      folders.length === 1
        ? `${first} went`
        : `${count(folders.length, 'folder')}, ${first} among them, went`;
    const text = `${which} away, and ${count(files, 'recording')} there ${files === 1 ? 'waits' : 'wait'}; all else is classified. Bring it back, then resume the job.`;
    return new CurlewError('FOLDER_GONE', text, { folders });
  }

  /** The folders that a recording lies in, from the chosen one down. */
  private above(path: string): string[] {
    const root = [...this.chosen.keys()].find((one) => liesIn(path, one));
    const folders: string[] = [];
    for (let at = dirname(path); ; at = dirname(at)) {
      folders.unshift(at);
      if (root === undefined || !liesIn(at, root) || at === root || at === dirname(at)) return folders;
    }
  }
}

/** What tells a folder from another of the same name; null where there is none that can be looked at. */
const identityOf = (path: string): Promise<string | null> =>
  stat(path).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    (thrown: NodeJS.ErrnoException) => (thrown.code === 'EACCES' ? 'not permitted' : null),
  );
