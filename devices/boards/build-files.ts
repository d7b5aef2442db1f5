/** Where the firmware's builds lie, and a clear sentence when one has not been made. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CurlewError } from '../../main/contract/error.ts';

const folder = fileURLToPath(new URL('../../build/firmware/', import.meta.url));

/** @throws CurlewError EMULATOR_MISSING when it is not there */
export function firmwareBuild(file: string, target: string, packages: string): string {
  const path = folder + file;
  if (existsSync(path)) return path;
  throw new CurlewError(
    'EMULATOR_MISSING',
    `The firmware has not been built for this board: run “make -C devices/firmware ${target}” (needs Debian's ${packages}).`,
    { path },
  );
}
