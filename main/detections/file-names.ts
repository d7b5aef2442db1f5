/** Names for files that are made of recordings: what tells each apart within what was classified. */
import { basename, dirname, extname, relative, sep } from 'node:path';
import { shortened } from '../export-name.ts';

/** UTF-8; a file's name has 255 at most, and what a table or a clip is told apart by comes behind it. */
const mostBytes = 190;

export class FileNames {
  private readonly taken = new Set<string>();

  /** @param roots files and folders that were classified */
  constructor(private readonly roots: readonly string[]) {}

  /**
   * Folders below what was classified, then its name without the ending: `Pond_a` of /card/Pond/a.wav; each but once. Of
   * one that is too long for a file's name, its beginning and its end.
   */
  of(path: string): string {
    const root = this.roots.find((one) => path.startsWith(one + sep)) ?? dirname(path);
    const name = relative(root, path).split(sep).join('_');
    const stem = name.slice(0, name.length - extname(name).length) || basename(path);
    return this.free(shortened(stem, mostBytes));
  }

  /** With a number behind it where the name is taken: in capitals or not, its accents composed or not. */
  free(name: string): string {
    let own = name;
    for (let n = 2; this.taken.has(asSeen(own)); n++) own = `${name}-${n}`;
    this.taken.add(asSeen(own));
    return own;
  }
}

/** Names that some file systems, and `Outputs`, see as one. */
const asSeen = (name: string): string => name.normalize('NFC').toLowerCase();
