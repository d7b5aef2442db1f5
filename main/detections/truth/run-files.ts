/** The classified files of a run, found by what a table calls them. */
import { CurlewError } from '../../contract/error.ts';

interface RunFile {
  fileId: number;
  path: string;
}

export class RunFiles {
  count = 0;
  private readonly byName = new Map<string, RunFile[]>();
  private readonly byStem = new Map<string, RunFile[]>();

  add(file: RunFile): void {
    this.count++;
    const name = nameOf(file.path);
    put(this.byName, name, file);
    put(this.byStem, stemOf(name), file);
  }

  /** The path itself, or the one file with most of its end: tables may come from another machine. @returns null: none, or several */
  ofPath(path: string): number | null {
    const own = partsOf(path);
    const found = (this.byName.get(nameOf(path)) ?? []).map((file) => ({
      file,
      common: commonEnd(partsOf(file.path), own),
    }));
    const most = Math.max(0, ...found.map(({ common }) => common));
    const best = found.filter(({ common }) => common === most);
    return best.length === 1 ? best[0]!.file.fileId : null;
  }

  /** @param name with its ending, or without @param table for the sentence @throws CurlewError FILE_NOT_FOUND */
  ofName(name: string, table: string): number {
    const found = this.byName.get(name.toLowerCase()) ?? this.byStem.get(name.toLowerCase()) ?? [];
    if (found.length === 1) return found[0]!.fileId;
    throw new CurlewError(
      'FILE_NOT_FOUND',
      `${table} tells no recording, and by its name it is of “${name}”, of which the run classified ` +
        `${found.length === 0 ? 'none' : 'several'}. Name the table after its recording, or give it a column Begin Path.`,
      { path: table, name },
    );
  }
}

const partsOf = (path: string): string[] => path.toLowerCase().split(/[\\/]/);
const nameOf = (path: string): string => partsOf(path).at(-1)!;
const stemOf = (name: string): string => name.replace(/\.[^.]+$/, '');

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let common = 0;
  while (common < Math.min(a.length, b.length) && a[a.length - 1 - common] === b[b.length - 1 - common])
    common++;
  return common;
}

function put(map: Map<string, RunFile[]>, key: string, file: RunFile): void {
  const own = map.get(key);
  if (own) own.push(file);
  else map.set(key, [file]);
}
