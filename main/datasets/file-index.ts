/** Finding the file that a table means, where its spelling is a little off. */

/**
 * In this order: the exact path; the same in other letter case or Unicode form (tables come from systems that do not
 * tell these apart); where a name without a folder is asked for, a file of that name in any folder. The latter two
 * only if there is just one.
 */
export class FileIndex {
  readonly #exact: ReadonlySet<string>;
  readonly #folded: ReadonlyMap<string, string | null>;
  readonly #byName: ReadonlyMap<string, string | null>;

  constructor(names: readonly string[]) {
    this.#exact = new Set(names);
    this.#folded = unique(names, folded);
    this.#byName = unique(names, (name) => folded(baseName(name)));
  }

  find(file: string): string | null {
    if (file === '') return null;
    if (this.#exact.has(file)) return file;
    const same = this.#folded.get(folded(file)) ?? null;
    return same ?? (file.includes('/') ? null : (this.#byName.get(folded(file)) ?? null));
  }
}

/** Names by key; null where several have one. */
function unique(names: readonly string[], keyOf: (name: string) => string): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const name of names) found.set(keyOf(name), found.has(keyOf(name)) ? null : name);
  return found;
}

const folded = (name: string) => name.normalize('NFC').toLowerCase();
const baseName = (name: string) => name.slice(name.lastIndexOf('/') + 1);
