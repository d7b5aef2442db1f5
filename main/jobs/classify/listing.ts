/** Lists what is to be classified while the first files of it are heard already. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CurlewError } from '../../contract/error.ts';
import type { ListedFile, Unused } from '../../contract/types.ts';
import { walkAudio, type Walked } from '../../recordings/find-audio.ts';
import { watchAudio } from '../../recordings/watch-audio.ts';
import { unread } from '../../recordings/unread-formats.ts';
import type { NewFile, ResultStore } from './result-store.ts';

/** Files that are kept at once: the first come soon, so that work can begin. */
const firstBatch = 20;
const batch = 500;

/** Resolves when it is time to look again: true; false for the last time. @param tookMs how long the look before took */
export type WhenToLook = (tookMs: number, signal: AbortSignal) => Promise<boolean>;

export class Listing {
  files = 0;
  bytes = 0;
  /** Of those that were not listed before: what will not be classified. */
  unused = { files: 0, bytes: 0 };
  /** Whether all is listed. */
  done = false;
  /** Nothing more comes: all is listed, or the listing failed. */
  ended = false;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly results: Pick<ResultStore, 'list'>,
    private readonly jobId: string,
  ) {}

  /** @throws CurlewError ABORTED, STORE_FAILED */
  async run(
    paths: readonly string[],
    options: {
      signal: AbortSignal;
      allowed(real: string): Promise<boolean>;
      watch: WhenToLook | null;
    },
  ): Promise<void> {
    const { watch, ...walk } = options;
    try {
      let some: NewFile[] = [];
      for await (const found of watch
        ? watchAudio(paths, { ...walk, next: (tookMs) => watch(tookMs, walk.signal) })
        : walkAudio(paths, walk)) {
        if (found !== null) some.push(await newFile(found));
        // Null: a look has ended, and the next may be long in coming.
        if (found !== null && some.length < (this.files === 0 ? firstBatch : batch)) continue;
        await this.put(some);
        some = [];
      }
      await this.put(some);
      this.done = true;
    } finally {
      this.ended = true;
      this.wake();
    }
  }

  /** Resolves when more has been listed, or nothing more comes. */
  more(): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  private async put(files: readonly NewFile[]): Promise<void> {
    if (files.length === 0) return;
    for (const { unused, bytes } of await this.results.list(this.jobId, files)) {
      if (!unused) continue;
      this.unused.files++;
      this.unused.bytes += bytes;
    }
    this.files += files.length;
    this.bytes += files.reduce((sum, { bytes }) => sum + bytes, 0);
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}

async function newFile(found: Walked): Promise<NewFile> {
  if ('error' in found) {
    return { path: found.path, bytes: 0, modifiedMs: 0, unused: unusedFor(found.error, 'failed', '') };
  }
  const file = await listed(found.path);
  if (!('leftOut' in found)) return file;
  return { ...file, unused: unusedFor(unread(found.path, found.leftOut), 'leftOut', found.leftOut) };
}

const unusedFor = ({ code, message }: CurlewError, state: Unused['state'], format: string): Unused => ({
  ...{ state, format },
  error: { code, message },
});

/** What cannot be looked at is told when it is opened. */
async function listed(path: string): Promise<ListedFile> {
  const { size: bytes, mtimeMs: modifiedMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
  return { path, bytes, modifiedMs };
}

/** For a person: “2 of 7: night.wav”; without the 7 while it is not known. */
export const placeOf = (passed: number, total: number | null, path: string): string =>
  `${passed}${total === null ? '' : ` of ${total}`}: ${basename(path)}`;
