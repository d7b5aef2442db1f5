/** Names for files that are made of recordings: what tells each apart within what was classified. */
import { basename, dirname, extname, relative, sep } from 'node:path';

export class FileNames {
  private readonly taken = new Set<string>();

  /** @param roots files and folders that were classified */
  constructor(private readonly roots: readonly string[]) {}

  /** Folders below what was classified, then its name without the ending: `Pond_a` of /card/Pond/a.wav; each but once. */
  of(path: string): string {
    const root = this.roots.find((one) => path.startsWith(one + sep)) ?? dirname(path);
    const name = relative(root, path).split(sep).join('_');
    return this.free(name.slice(0, name.length - extname(name).length) || basename(path));
  }

  /** With a number behind it where the name is taken, in capitals or not. */
  free(name: string): string {
    let own = name;
    for (let n = 2; this.taken.has(own.toLowerCase()); n++) own = `${name}-${n}`;
    this.taken.add(own.toLowerCase());
    return own;
  }
}
