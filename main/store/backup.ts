/** A copy of the whole store as it is at one moment, taken while the lab works on. */
import { dateForName } from '../contract/figures.ts';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import { CurlewError } from '../contract/error.ts';
import type { StoreBackup } from './contract.ts';
import { syncFolder } from '../write-durably.ts';
import { isDamage, messageOf, storeDamaged } from './duckdb-errors.ts';
import { freeName, literal, removeDatabase, sizeOf, syncFile } from './files.ts';

/** Backups that were made by themselves: so many are kept. */
const kept = 3;

/** Where the lab puts a backup when nobody says where, and those before migrations. */
export const backupFolder = (path: string): string => join(dirname(path), 'backups');

/** A name in that folder that is free, the folder made. */
export async function namedBackup(path: string, name: string): Promise<string> {
  await mkdir(backupFolder(path), { recursive: true, mode: 0o700 });
  return freeName(join(backupFolder(path), `${name}-${dateForName()}`), '.duckdb');
}

/**
 * Written beside `file` first; `file` is there only once it is whole.
 * @param path of the store
 * @param file does not exist yet; its folder does
 * @throws CurlewError FILE_EXISTS, FILE_UNWRITABLE (no space, say), STORE_DAMAGED; nothing is left at `file` then
 */
export async function backUp(instance: DuckDBInstance, path: string, file: string): Promise<StoreBackup> {
  if ((await sizeOf(file)) !== null) throw exists(file);
  const partial = `${file}.partial`;
  await removeDatabase(partial);
  // A connection of its own: a snapshot, while the lab's goes on writing.
  const connection = await instance.connect();
  try {
    const name = await connection.runAndReadAll('SELECT current_database()');
    await connection.run(`ATTACH ${literal(partial)} AS curlew_backup`);
    try {
      await connection.run(`COPY FROM DATABASE "${name.getRowsJS()[0]?.[0] as string}" TO curlew_backup`);
      // Not done by itself: the store's own is not written back when it is closed (open-whole.ts).
      await connection.run('CHECKPOINT curlew_backup');
    } finally {
      await connection.run('DETACH curlew_backup');
    }
    await syncFile(partial);
    await place(partial, file);
    return { path: file, bytes: (await sizeOf(file)) ?? 0 };
  } catch (thrown) {
    if (thrown instanceof CurlewError) throw thrown;
    if (isDamage(thrown)) throw storeDamaged(path, messageOf(thrown), thrown);
    throw new CurlewError(
      'FILE_UNWRITABLE',
      `The store could not be backed up to ${file}: ${messageOf(thrown)}`,
      { path, file },
      { cause: thrown },
    );
  } finally {
    connection.closeSync();
    await removeDatabase(partial);
  }
}

/** Under a name that nobody has: renaming alone would replace a file that came meanwhile. */
async function place(partial: string, file: string): Promise<void> {
  const reserved = await open(file, 'wx', 0o600).catch((thrown: NodeJS.ErrnoException) => {
    throw thrown.code === 'EEXIST' ? exists(file) : thrown;
  });
  await reserved.close();
  try {
    await rename(partial, file);
    await syncFolder(dirname(file));
  } catch (thrown) {
    await rm(file, { force: true });
    throw thrown;
  }
}

const exists = (file: string) =>
  new CurlewError('FILE_EXISTS', `${file} is there already and is not overwritten. Choose another name.`, {
    file,
  });

const automatic = /^before-schema-.*\.duckdb$/;

/** Before the schema changes; the last few of these are kept. */
export async function backUpBeforeMigration(
  instance: DuckDBInstance,
  path: string,
  schema: number,
): Promise<void> {
  await backUp(instance, path, await namedBackup(path, `before-schema-${schema}`));
  const names = (await readdir(backupFolder(path))).filter((name) => automatic.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const file = join(backupFolder(path), name);
      return { file, madeMs: (await stat(file)).mtimeMs };
    }),
  );
  files.sort((a, b) => b.madeMs - a.madeMs);
  await Promise.all(files.slice(kept).map(({ file }) => rm(file)));
}
