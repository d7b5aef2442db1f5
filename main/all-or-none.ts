/** Files that belong together: all of them are written or none, even where the lab is killed on the way. */
import { appendFile, lstat, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { CurlewError } from './contract/error.ts';
import { firstBytes } from './export-name.ts';
import { removeEmpty, writeFailure, type Outputs } from './outputs.ts';

/** What this process is writing. */
const underWay = new Set<string>();

/**
 * What the work writes through these outputs, or nothing of it. What an earlier one left that was killed at the same
 * place is taken away first.
 * @param path of the file, or the folder, that is written
 * @param outputs of which later ones write into folders of earlier ones
 * @throws what the work throws, once what it had written is taken back; CurlewError FILE_EXISTS while another writes there
 */
export async function allOrNone<T>(
  path: string,
  outputs: readonly Outputs[],
  work: () => Promise<T>,
): Promise<T> {
  const place = await realPlace(path);
  if (underWay.has(place)) throw isWritten(path);
  underWay.add(place);
  const notes = new UnfinishedNotes(place);
  try {
    await notes.takeBack();
    for (const one of outputs) one.noteIn(notes);
    try {
      return await work();
    } catch (thrown) {
      // What went wrong first is what is told.
      for (const one of outputs.toReversed()) await one.takeBack().catch(() => undefined);
      throw thrown;
    }
  } finally {
    await notes.end();
    underWay.delete(place);
  }
}

/** As `Outputs` names what it makes: links followed. */
async function realPlace(path: string): Promise<string> {
  const asked = resolve(path);
  const folder = dirname(asked);
  return realpath(asked).catch(async () => join(await realpath(folder).catch(() => folder), basename(asked)));
}

interface Writer {
  pid: number;
  host: string;
}

/** Beside what is written, as long as it is: the process that writes, then every file that it makes, a line each. */
class UnfinishedNotes {
  private readonly file: string;
  private readonly self: Writer = { pid: process.pid, host: hostname() };
  private begun = false;

  constructor(private readonly place: string) {
    this.file = join(dirname(place), `.${firstBytes(basename(place), 200)}.curlew-unfinished`);
  }

  /** @param path of a file that was not there, and is made next */
  async note(path: string): Promise<void> {
    try {
      if (!this.begun) await writeFile(this.file, `${JSON.stringify(this.self)}\n`, { flag: 'wx' });
      this.begun = true;
      await appendFile(this.file, `${JSON.stringify(path)}\n`);
    } catch (thrown) {
      throw writeFailure(path, thrown);
    }
  }

  async end(): Promise<void> {
    if (this.begun) await rm(this.file, { force: true }).catch(() => undefined);
  }

  /**
   * Takes away what a process that is no more had made here.
   * @throws CurlewError FILE_EXISTS while that process runs, or where another computer's may
   */
  async takeBack(): Promise<void> {
    const [first, ...paths] = await this.read();
    if (!first) return;
    const { pid, host } = first as Writer;
    if (host !== this.self.host) throw isWrittenElsewhere(this.place, host, this.file);
    if (pid !== this.self.pid && isRunning(pid)) throw isWritten(this.place);
    const own = paths.filter((path): path is string => typeof path === 'string' && this.isHere(path));
    for (const path of own) {
      const there = await lstat(path).catch(() => null);
      if (there?.isFile()) await rm(path, { force: true });
    }
    const folders = new Set(own.map((path) => dirname(path)).filter((path) => path !== dirname(this.place)));
    await removeEmpty([...folders]);
    await rm(this.file, { force: true });
  }

  private async read(): Promise<unknown[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        // The end, or a line that was being written.
        return [];
      }
    });
  }

  /** The place itself, what lies below it, or what is on its way there. */
  private isHere(path: string): boolean {
    if (resolve(path) !== path) return false;
    const onItsWay = dirname(path) === dirname(this.place) && /^\.curlew-[\w-]+\.part$/.test(basename(path));
    return path === this.place || path.startsWith(this.place + sep) || onItsWay;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const isWritten = (path: string): CurlewError =>
  new CurlewError(
    'FILE_EXISTS',
    `${path} is being written at this moment; wait until that has ended, or name another place.`,
    {
      path,
    },
  );

const isWrittenElsewhere = (path: string, host: string, notes: string): CurlewError =>
  new CurlewError(
    'FILE_EXISTS',
    `${path} is being written by the computer “${host}”, or was until it went off; name another place, or delete ${notes} and what it lists.`,
    { path },
  );
