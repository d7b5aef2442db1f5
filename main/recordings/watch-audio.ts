/** Recordings under files and folders, and those that are copied there later: each once it has stopped growing. */
import { stat } from 'node:fs/promises';
import { CurlewError } from '../contract/error.ts';
import { openRecording } from './decode.ts';
import { walkAudio, type Walked, type WalkOptions } from './find-audio.ts';

export interface WatchOptions extends WalkOptions {
  /**
   * Resolves when it is time to look again: true; false for the last time.
   * @param tookMs how long the look before took
   */
  next(tookMs: number): Promise<boolean>;
}

/** A copy may pause: what its header does not tell to be whole has not changed for so long. */
const quietMs = 60_000;

/**
 * Looks at all of it again and again. A file is told of once, when its size and date are the same at two looks that
 * follow each other, and all is there that its header promises; where it promises more, or does not say, once its date
 * is a minute old, or it has been seen unchanged for one. After the last look what may still be written is told as an
 * error, and what is empty as it is. Null follows the end of every look.
 * @throws CurlewError ABORTED, and what `next` throws
 */
export async function* watchAudio(
  paths: readonly string[],
  options: WatchOptions,
): AsyncGenerator<Walked | null> {
  /** By path: since when a file that is not told of yet looks as it did at the last look; null: it is told of. */
  const seen = new Map<string, Look | null>();
  for (let isLast = false; ;) {
    const began = performance.now();
    for await (const found of walkAudio(paths, options)) {
      const { path } = found;
      const before = seen.get(path);
      if (before === null) continue;
      const now = await lookAt(path);
      const same = before !== undefined && before.bytes === now.bytes && before.modifiedMs === now.modifiedMs;
      const since = same ? before.sinceMs : now.sinceMs;
      const isSteady = same && (await isDone(path, now, now.sinceMs - since, isLast));
      if ('error' in found || 'leftOut' in found || isSteady) {
        seen.set(path, null);
        yield found;
      } else if (isLast) {
        yield { path, error: stillWritten(path) };
      } else {
        seen.set(path, { ...now, sinceMs: since });
      }
    }
    yield null;
    if (isLast) return;
    isLast = !(await options.next(performance.now() - began));
  }
}

/** What a file looks like. */
interface Look {
  bytes: number;
  modifiedMs: number;
  /** When it was seen first as it is, by a clock that never goes back. */
  sinceMs: number;
}

/** One that is gone again looks like none that was there. */
const lookAt = (path: string): Promise<Look> =>
  stat(path).then(
    ({ size: bytes, mtimeMs: modifiedMs }) => ({ bytes, modifiedMs, sinceMs: performance.now() }),
    () => ({ bytes: -1, modifiedMs: 0, sinceMs: performance.now() }),
  );

/** Whether a file that has not changed for `unchangedMs` has been written to its end, as far as can be told. */
async function isDone(
  path: string,
  { bytes, modifiedMs }: Look,
  unchangedMs: number,
  isLast: boolean,
): Promise<boolean> {
  if (bytes === 0) return isLast;
  // Clocks of cards and servers may be ahead.
  const age = Date.now() - modifiedMs;
  if (age >= quietMs || unchangedMs >= quietMs) return true;
  return openRecording(path).then(
    ({ isWhole }) => isWhole,
    () => false,
  );
}

const stillWritten = (path: string): CurlewError =>
  new CurlewError(
    'FILE_UNREADABLE',
    `${path} was still being written when watching ended; classify it once it is whole.`,
    { path },
  );
