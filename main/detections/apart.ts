/** Where clips may not go: they are recordings, and whoever classifies their folder again would hear them twice. */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { liesIn } from '../lies-in.ts';

/**
 * @param path of a folder that clips are to be cut into, there or not
 * @param classified files and folders of the run
 * @throws CurlewError FILE_PROTECTED where it is one of those folders, or lies in one
 */
export async function requireApart(path: string, classified: readonly string[]): Promise<void> {
  const place = await realPlace(resolve(path));
  for (const one of classified) {
    const real = await realpath(one).catch(() => resolve(one));
    if (place !== real && !liesIn(place, real)) continue;
    if (!(await isFolder(real))) continue;
    throw new CurlewError(
      'FILE_PROTECTED',
      `${path} lies in ${one}, which the run classified: clips in it would be classified as recordings the next time, or at once where it is watched. Name a folder elsewhere.`,
      { path },
    );
  }
}

/** With links followed, as far as it is there. */
async function realPlace(path: string): Promise<string> {
  const above = dirname(path);
  return realpath(path).catch(async () =>
    above === path ? path : join(await realPlace(above), basename(path)),
  );
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
