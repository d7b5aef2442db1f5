/**
 * The data folder moved to another place, while no lab runs on it. In this order: the wish is written down (`move.json`); all
 * is copied beside the new place (`….partial`) and each copy held against what was read; the copy takes its place; the old
 * folder says where it went (`moved.json`); what is old goes. Whenever the process dies, the next one ends the move, or
 * begins it anew: nothing is removed before its copy is whole and found.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, realpath, rename, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import * as v from 'valibot';
import { CurlewError } from '../contract/error.ts';
import { findLab, isAlive } from '../data-folder.ts';
import { writeFailure } from '../outputs.ts';
import { syncFolder, writeDurably } from '../write-durably.ts';
import { copyData, filesToMove } from './copy.ts';

const wishFile = 'move.json';
const movedFile = 'moved.json';
/** In the copy, until the old folder names it: of which move it is. */
const stampFile = 'moved-from.json';

const lockFile = 'moving.lock';

const wish = v.strictObject({ to: v.string(), id: v.string() });
const stamp = v.strictObject({ from: v.string(), id: v.string() });
const moved = v.strictObject({ to: v.string(), removing: v.boolean() });

/** Told before each step, with how much has been copied. */
export type OnStep = (copied: number, bytes: number) => void;

/**
 * Where the data lies now.
 * @throws CurlewError DATA_MOVED where it was moved to a place that is not there
 */
export function followMoved(folder: string): string {
  let at = resolve(folder);
  for (const seen = new Set<string>(); !seen.has(at);) {
    seen.add(at);
    const note = readNote(join(at, movedFile), moved);
    if (note === null) return at;
    if (!existsSync(note.to)) {
      throw new CurlewError(
        'DATA_MOVED',
        `The data of ${at} was moved to ${note.to}, which is not there: connect its disk, or name the folder with --data. ` +
          `To begin anew in the old place, delete ${join(at, movedFile)}.`,
        { folder: at, to: note.to },
      );
    }
    at = note.to;
  }
  return at;
}

/** Where the data is to be moved before a lab opens it next; null: it stays. */
export const pendingMove = (folder: string): string | null =>
  readNote(join(folder, wishFile), wish)?.to ?? null;

/** Moves it before a lab opens it next. @returns the place @throws CurlewError as `checkPlace` */
export async function wishMove(folder: string, to: string): Promise<string> {
  const place = await checkPlace(folder, to);
  await writeDurably(join(folder, wishFile), JSON.stringify({ to: place, id: randomUUID() }));
  return place;
}

export const dropMove = (folder: string): Promise<void> => rm(join(folder, wishFile), { force: true });

/**
 * Ends what was begun or wished for, where no lab runs on the folder. What cannot be moved stays, and `tell` says why.
 * @returns where the data lies now
 * @throws CurlewError DATA_MOVED; STORE_LOCKED while another process moves it
 */
export async function settleData(folder: string, tell: (sentence: string) => void): Promise<string> {
  const at = await endedRemovals(await begunAt(resolve(folder)));
  if (pendingMove(at) === null || (await findLab(at))) return at;
  return locked(at, async () => {
    try {
      return await endMove(at);
    } catch (thrown) {
      await dropMove(at);
      tell(`The data folder stays at ${at}. ${(thrown as Error).message}`);
      return at;
    }
  });
}

/** At once. @throws CurlewError STORE_LOCKED where a lab runs on it, and as `checkPlace` */
export async function moveData(folder: string, to: string, onStep: OnStep = () => {}): Promise<string> {
  return locked(folder, async () => {
    await wishMove(folder, to);
    try {
      return await endMove(folder, onStep);
    } catch (thrown) {
      await dropMove(folder);
      throw thrown;
    }
  });
}

/** Where the data lies that was on its way to this folder when a process died; else the folder. */
async function begunAt(folder: string): Promise<string> {
  if (existsSync(join(folder, movedFile))) return folder;
  for (const place of [folder, `${folder}.partial`]) {
    const begun = readNote(join(place, stampFile), stamp);
    if (begun === null) continue;
    await endRemoval(begun.from);
    if (readNote(join(begun.from, wishFile), wish)?.id === begun.id) return begun.from;
  }
  return folder;
}

/** @returns where the data lies now, whatever died while it removed what was old having been removed */
async function endedRemovals(folder: string): Promise<string> {
  const end = followMoved(folder);
  for (let at = folder; at !== end;) {
    await endRemoval(at);
    at = readNote(join(at, movedFile), moved)?.to ?? end;
  }
  return end;
}

/** One process at a time. @throws CurlewError STORE_LOCKED */
async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, lockFile);
  const take = () => writeFile(path, String(process.pid), { flag: 'wx' });
  await take().catch(async (thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw writeFailure(path, thrown);
    const pid = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isAlive(pid)) {
      throw new CurlewError(
        'STORE_LOCKED',
        `Process ${pid} is moving the data folder ${folder}: wait until it is done. Where it does no such thing, delete ${path}.`,
        { folder, pid },
      );
    }
    await rm(path, { force: true });
    await take();
  });
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * @returns the place, every link above it followed
 * @throws CurlewError REQUEST_INVALID, FILE_EXISTS, FILE_NOT_FOUND, FILE_UNWRITABLE
 */
async function checkPlace(folder: string, to: string): Promise<string> {
  if (to.includes('\0') || !isAbsolute(to)) {
    throw new CurlewError('REQUEST_INVALID', `“${to}” is not an absolute path.`, { to });
  }
  const parent = await realpath(dirname(resolve(to))).catch(() => {
    throw new CurlewError('FILE_NOT_FOUND', `There is no folder ${dirname(resolve(to))}: make it first.`, {
      to,
    });
  });
  const place = join(parent, basename(resolve(to)));
  const from = await realpath(folder);
  if (place === from || (place + sep).startsWith(from + sep)) {
    throw new CurlewError('REQUEST_INVALID', `${to} lies in the data folder itself: name another place.`, {
      to,
    });
  }
  const there = await readdir(place).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return [];
    throw new CurlewError('FILE_EXISTS', `${to} is there and is no folder: name a new one.`, { to });
  });
  if (there.some((name) => name !== movedFile)) {
    throw new CurlewError('FILE_EXISTS', `${to} is not empty: name a new folder, or an empty one.`, { to });
  }
  const files = await filesToMove(folder);
  const bytes = files.reduce((sum, one) => sum + one.bytes, 0);
  const { bavail, bsize } = await statfs(parent);
  if (bavail * bsize < bytes * 1.05) {
    throw new CurlewError(
      'FILE_UNWRITABLE',
      `The disk of ${to} has no room: ${Math.ceil(bytes / 1e6)} MB are needed, ${Math.floor((bavail * bsize) / 1e6)} MB are free.`,
      { to, bytes },
    );
  }
  return place;
}

async function endMove(folder: string, onStep: OnStep = () => {}): Promise<string> {
  const wished = readNote(join(folder, wishFile), wish);
  if (wished === null) return folder;
  const { to, id } = wished;
  if (!isOurs(to, id)) {
    if (await findLab(folder)) {
      throw new CurlewError('STORE_LOCKED', `A lab runs on ${folder}: end it first.`, { folder });
    }
    await checkPlace(folder, to);
    await copy(folder, to, id, onStep);
  }
  onStep(1, 1);
  await writeDurably(join(folder, movedFile), JSON.stringify({ to, removing: true }));
  onStep(1, 1);
  await dropMove(folder);
  await endRemoval(folder, onStep);
  return to;
}

async function copy(folder: string, to: string, id: string, onStep: OnStep): Promise<void> {
  const partial = `${to}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    await copyData(folder, partial, onStep);
    await writeDurably(join(partial, stampFile), JSON.stringify({ from: folder, id }));
    onStep(1, 1);
    // In its place may be an empty folder, or one that the data was moved from before.
    await rm(join(to, movedFile), { force: true });
    onStep(1, 1);
    await rmdir(to).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT') throw thrown;
    });
    onStep(1, 1);
    await rename(partial, to);
    await syncFolder(dirname(to));
  } catch (thrown) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw writeFailure(to, thrown);
  }
}

/** Whether the copy of this move has taken its place. */
const isOurs = (to: string, id: string): boolean => readNote(join(to, stampFile), stamp)?.id === id;

/** Removes what is old once the new place is there, and says that it is done. */
async function endRemoval(folder: string, onStep: OnStep = () => {}): Promise<void> {
  const note = readNote(join(folder, movedFile), moved);
  if (note === null || readNote(join(note.to, stampFile), stamp)?.from !== folder) return;
  if (note.removing) {
    for (const name of await readdir(folder)) {
      if (name === movedFile) continue;
      onStep(1, 1);
      await rm(join(folder, name), { recursive: true, force: true });
    }
    await writeDurably(join(folder, movedFile), JSON.stringify({ to: note.to, removing: false }));
    onStep(1, 1);
  }
  await rm(join(note.to, stampFile), { force: true });
}

/** Null where it is not there, or says nothing that can be followed. */
function readNote<S extends v.GenericSchema>(path: string, schema: S): v.InferOutput<S> | null {
  try {
    return v.parse(schema, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
