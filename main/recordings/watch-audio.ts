/** Recordings under files and folders, and those that are copied there later: each once it has stopped growing. */
import { stat } from 'node:fs/promises';
import { CurlewError } from '../contract/error.ts';
import { walkAudio, type Walked, type WalkOptions } from './find-audio.ts';

export interface WatchOptions extends WalkOptions {
  /**
   * Resolves when it is time to look again: true; false for the last time.
   * @param tookMs how long the look before took
   */
  next(tookMs: number): Promise<boolean>;
}

/**
 * Looks at all of it again and again. A file is told of once, when its size and date are the same at two looks that
 * follow each other; one that is empty is taken for one that has only begun. After the last look what still changes is
 * told as an error, and what is empty as it is. Null follows the end of every look.
 * @throws CurlewError ABORTED, and what `next` throws
 */
export async function* watchAudio(
  paths: readonly string[],
  options: WatchOptions,
): AsyncGenerator<Walked | null> {
  /** By path: what the last look saw of a file that is not told of yet; null: it is. */
  const seen = new Map<string, string | null>();
  for (let isLast = false; ;) {
    const began = performance.now();
    for await (const found of walkAudio(paths, options)) {
      const { path } = found;
      const before = seen.get(path);
      if (before === null) continue;
      const now = await looksLike(path);
      const isSteady = now === before && (isLast || !now.startsWith('0 '));
      if ('error' in found || 'leftOut' in found || isSteady) {
        seen.set(path, null);
        yield found;
      } else if (isLast) {
        yield { path, error: stillWritten(path) };
      } else {
        seen.set(path, now);
      }
    }
    yield null;
    if (isLast) return;
    isLast = !(await options.next(performance.now() - began));
  }
}

/** One that is gone again looks like none that was there. */
const looksLike = (path: string): Promise<string> =>
  stat(path).then(
    ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
    () => 'gone',
  );

const stillWritten = (path: string): CurlewError =>
  new CurlewError(
    'FILE_UNREADABLE',
    `${path} was still being written when watching ended; classify it once it is whole.`,
    { path },
  );
