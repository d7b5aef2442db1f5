/** Where the files that ship with the program lie, whether it runs from source, from a build or packaged. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}

const root = packageRoot();

export const resources = {
  root,
  page: join(root, 'out', 'renderer'),
  bank: join(root, 'models', 'bank'),
  virtualBoard: join(root, 'devices', 'boards', 'virtual', 'curlew.wasm'),
  engine: join(root, 'devices', 'engine', 'engine.wasm'),
  resampler: join(root, 'main', 'recordings', 'resampler', 'resampler.wasm'),
  /** Firmware for emulated boards and the host process; built, not shipped. */
  firmware: join(root, 'build', 'firmware'),
} as const;

/** Of the program. @param folder that holds its package.json */
export const versionOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;

/**
 * Of the source that the program was built from: of the clone, or as `npm pack` wrote it down; null where neither tells.
 * @param folder that holds its package.json
 */
export const commitOf = (folder: string): string | null => commitOfClone(folder) ?? packedCommit(folder);

function packedCommit(folder: string): string | null {
  const file = join(folder, 'out', 'commit');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}

function commitOfClone(folder: string): string | null {
  const read = (...parts: string[]): string => readFileSync(join(folder, '.git', ...parts), 'utf8').trim();
  try {
    const head = read('HEAD');
    const branch = /^ref: (.+)$/.exec(head)?.[1];
    if (branch === undefined) return head;
    if (existsSync(join(folder, '.git', branch))) return read(branch);
    return (
      read('packed-refs')
        .split('\n')
        .find((line) => line.endsWith(` ${branch}`))
        ?.split(' ')[0] ?? null
    );
  } catch {
    return null;
  }
}
