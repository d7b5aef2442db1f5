/** What lies in a data folder, by kind, and what of it may go. Runs in a background thread: there may be many files. */
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanKinds, dataKinds, type CleanKind, type DataFolder, type DataKind } from './contract.ts';

/** Jobs as far as their work folders are concerned. */
export interface StudyJobs {
  /** Whose work folder is needed as it is. */
  unfinished: readonly string[];
  /** Of them, those that wait for a person. */
  waiting: readonly { jobId: string; state: 'paused' | 'failed' }[];
  /** Evaluations that are done: their reports stay, what they were made from goes. */
  reported: readonly string[];
}

interface Found {
  path: string;
  bytes: number;
  changedMs: number;
}

/** What changed since may still be being written. */
const abandonedMs = 3_600_000;

const unfinishedName = /(^|\/)(\.unfinished-[^/]*\/.*|[^/]+\.(tmp|partial|new|part))$/;

/** @param folder the data folder */
export async function lookAtData(folder: string, jobs: StudyJobs): Promise<Omit<DataFolder, 'movesTo'>> {
  const files = await filesIn(folder);
  const sum = (some: readonly Found[]) => ({
    bytes: some.reduce((total, { bytes }) => total + bytes, 0),
    files: some.length,
  });
  const freeBytes = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
  return {
    folder,
    freeBytes,
    kinds: dataKinds.map((kind) => ({ kind, ...sum(files.filter(({ path }) => kindOf(path) === kind)) })),
    clean: cleanKinds.map((kind) => ({
      kind,
      ...sum(files.filter((file) => cleanOf(file, jobs) === kind)),
    })),
    held: jobs.waiting
      .map((job) => ({
        ...job,
        ...sum(files.filter(({ path }) => path.startsWith(`studies/jobs/${job.jobId}/`))),
      }))
      .filter((one) => one.files > 0)
      .sort((a, b) => b.bytes - a.bytes),
  };
}

/** @returns what went */
export async function cleanData(
  folder: string,
  kinds: readonly CleanKind[],
  jobs: StudyJobs,
): Promise<{ bytes: number; files: number }> {
  const gone = { bytes: 0, files: 0 };
  for (const file of await filesIn(folder)) {
    const { path, bytes } = file;
    const kind = cleanOf(file, jobs);
    if (kind === null || !kinds.includes(kind)) continue;
    await rm(join(folder, path), { force: true });
    gone.bytes += bytes;
    gone.files++;
  }
  if (kinds.includes('studies')) await removeEmpty(join(folder, 'studies', 'jobs'));
  return gone;
}

function kindOf(path: string): DataKind {
  const [first = '', second] = path.split('/');
  switch (first) {
    case 'studies':
      return second === 'features' ? 'features' : 'studies';
    case 'backups':
    case 'banks':
    case 'own-models':
    case 'boards':
    case 'captures':
    case 'benchmarks':
    case 'keys':
      return first;
    case 'electron':
      return 'window';
    default:
      if (!first.startsWith('lab.duckdb')) return 'other';
      return isAside(first) ? 'aside' : 'store';
  }
}

const isAside = (name: string): boolean => /\.(damaged|replaced)-/.test(name);

function cleanOf({ path, changedMs }: Found, jobs: StudyJobs): CleanKind | null {
  const kind = kindOf(path);
  // The store has files of its own beside it, and Chromium’s are its own.
  if (kind === 'store' || kind === 'window' || kind === 'keys' || kind === 'boards' || kind === 'captures')
    return null;
  if (kind === 'aside' || kind === 'backups') return kind;
  if (kind === 'features') return 'features';
  if (unfinishedName.test(path)) return Date.now() - changedMs > abandonedMs ? 'unfinished' : null;
  if (kind !== 'studies') return null;
  const [, , id, ...below] = path.split('/');
  if (id === undefined || jobs.unfinished.includes(id)) return null;
  // A report and its tables lie at the top, what they were made from in folders below.
  return jobs.reported.includes(id) && below.length <= 1 ? null : 'studies';
}

/** Paths from the folder on, with forward slashes. What vanishes meanwhile is passed over. */
async function filesIn(folder: string, below = ''): Promise<Found[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  const found: Found[] = [];
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesIn(folder, path)));
    else if (entry.isFile()) {
      const status = await stat(join(folder, path)).catch(() => null);
      if (status) found.push({ path, bytes: status.size, changedMs: status.mtimeMs });
    }
  }
  return found;
}

async function removeEmpty(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let left = 0;
  for (const entry of entries) {
    if (!entry.isDirectory() || !(await removeEmpty(join(folder, entry.name)))) left++;
    else await rm(join(folder, entry.name), { recursive: true, force: true });
  }
  return left === 0;
}
