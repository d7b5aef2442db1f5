/** Where a person's data lies, and which running lab holds it. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CurlewError } from './contract/error.ts';
import { whyUnwritable } from './why-unwritable.ts';

/** `CURLEW_DATA`, else the platform's usual place. */
export function defaultDataFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment['CURLEW_DATA']) return environment['CURLEW_DATA'];
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Curlew');
    case 'win32':
      return join(environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Curlew');
    default:
      return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'curlew');
  }
}

/** Why there can be no data folder there, and what to do: a sentence. */
export const noDataFolder = (folder: string, thrown: unknown): string =>
  `The data folder ${folder} cannot be ${existsSync(folder) ? 'written' : 'made'}: ${whyUnwritable(thrown)}. Choose another with --data.`;

/** @throws CurlewError FILE_UNREADABLE when the folder cannot be made */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await makeFolder(join(folder, 'boards'));
  } catch (thrown) {
    throw new CurlewError('FILE_UNREADABLE', noDataFolder(folder, thrown), { folder }, { cause: thrown });
  }
}

/** With all that is above it. Node's own recursive mkdir never returns where the system refuses with ENOENT (/proc). */
async function makeFolder(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: 0o700 });
  try {
    await make();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw thrown;
    await makeFolder(dirname(path));
    await make();
  }
}

/** How the command line finds a lab that runs already; readable by its owner alone, since it holds a token. */
export interface RunningLab {
  pid: number;
  shell: string;
  /** Path of the local door's socket. */
  socket: string;
  token: string;
  /** What opens its page in a browser, with the token of the launch; null where it serves none. */
  link: string | null;
}

const announcement = (folder: string) => join(folder, 'running.json');

export async function announceLab(folder: string, lab: RunningLab): Promise<void> {
  await rm(announcement(folder), { force: true });
  await writeFile(announcement(folder), JSON.stringify(lab), { mode: 0o600 });
}

export const withdrawLab = (folder: string): Promise<void> => rm(announcement(folder), { force: true });

/** A process of this person's with that id runs. */
export function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** @returns null when no lab runs on this folder, or the one that did is gone */
export async function findLab(folder: string): Promise<RunningLab | null> {
  try {
    const lab = JSON.parse(await readFile(announcement(folder), 'utf8')) as RunningLab;
    return isAlive(lab.pid) ? lab : null;
  } catch {
    return null;
  }
}
