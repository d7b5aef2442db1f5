/** The store's files: what lies beside it under which name, and moves that a crash leaves whole. */
import { open, rename, rm, stat } from 'node:fs/promises';

/** DuckDB's write-ahead log. */
export const logPath = (path: string): string => `${path}.wal`;

/** Bytes; null where there is no such file. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}

/** Not while it is open in DuckDB in this process: see `syncFile`. */
export async function beginsAsDatabase(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const magic = Buffer.alloc(4);
    await file.read(magic, 0, 4, 8);
    return magic.toString('latin1') === 'DUCK';
  } finally {
    await file.close();
  }
}

/** `base` and `end`, or with a number between them where that name is taken. */
export async function freeName(base: string, end = ''): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? `${base}${end}` : `${base}-${n}${end}`;
    if ((await sizeOf(name)) === null) return name;
  }
}

/** Onto the disk. The file must not be open in DuckDB: closing it here would end DuckDB's lock on it (POSIX). */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** @returns false where there is nothing to move */
export async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
}

/** A database that DuckDB has closed, or never finished, with its log. */
export async function removeDatabase(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(logPath(path), { force: true });
}

/** A text as SQL has it, in its quotes. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
