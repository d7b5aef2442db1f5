/** A copy of a damaged store, mended just so far that DuckDB attaches it. The damaged files are only read. */
import { constants } from 'node:fs';
import { copyFile, open, rm, truncate } from 'node:fs/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { isDamage, messageOf, soundLogBytes } from './duckdb-errors.ts';
import { beginsAsDatabase, logPath, literal, removeDatabase, sizeOf } from './files.ts';

/** A DuckDB file begins with one header of what it is and two of where its contents lie, the newer of which counts. */
const headerBytes = 4096;

export interface WorkingCopy {
  /** Whether DuckDB could be brought to attach it, as `old`. */
  attached: boolean;
  /** What was done to it, as parts of a sentence. */
  mended: string[];
}

/** @param copy where to make it; the caller removes it */
export async function attachWorkingCopy(
  connection: DuckDBConnection,
  path: string,
  copy: string,
): Promise<WorkingCopy> {
  await removeDatabase(copy);
  await copyFile(path, copy, constants.COPYFILE_FICLONE);
  const log = logPath(copy);
  if ((await sizeOf(logPath(path))) !== null) await copyFile(logPath(path), log, constants.COPYFILE_FICLONE);
  const mended: string[] = [];
  // Else DuckDB takes it for another kind of file.
  if (!(await beginsAsDatabase(copy))) {
    await newHeader(copy);
    mended.push('its header was made anew');
  }
  // Each remedy is of use once.
  const tried = new Set<string>();
  for (;;) {
    try {
      await connection.run(`ATTACH ${literal(copy)} AS old (READ_ONLY)`);
      return { attached: true, mended };
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
      const remedy = remedyFor(messageOf(thrown));
      if (!remedy || tried.has(remedy.does)) return { attached: false, mended };
      tried.add(remedy.does);
      await remedy.apply({ copy, log });
      mended.push(remedy.does);
    }
  }
}

interface Remedy {
  does: string;
  apply(files: { copy: string; log: string }): Promise<void>;
}

function remedyFor(message: string): Remedy | null {
  const end = soundLogBytes(message);
  if (end !== null) {
    return { does: `its log was read up to byte ${end}`, apply: ({ log }) => truncate(log, end) };
  }
  if (message.includes('WAL')) return { does: 'its log was left out', apply: ({ log }) => rm(log) };
  const block = /in block at location (\d+)/.exec(message)?.[1];
  if (block === '0') return { does: 'its header was made anew', apply: ({ copy }) => newHeader(copy) };
  if (block !== String(headerBytes) && block !== String(2 * headerBytes)) return null;
  const from = Number(block) === headerBytes ? 2 * headerBytes : headerBytes;
  return {
    // The log belongs to the newer state; which of the two is left is not known, and replayed on the older one it
    // would change the wrong rows.
    does: 'the other of its two headers was used, and its log left out',
    async apply({ copy, log }) {
      await copyHeader(copy, from, copy, Number(block));
      await rm(log, { force: true });
    },
  };
}

/** A header says nothing of its own file: that of any database of this DuckDB will do. */
async function newHeader(copy: string): Promise<void> {
  const sound = `${copy}.header`;
  await removeDatabase(sound);
  (await DuckDBInstance.create(sound)).closeSync();
  await copyHeader(sound, 0, copy, 0);
  await removeDatabase(sound);
}

async function copyHeader(source: string, from: number, target: string, to: number): Promise<void> {
  const header = Buffer.alloc(headerBytes);
  const read = await open(source, 'r');
  try {
    await read.read(header, 0, headerBytes, from);
  } finally {
    await read.close();
  }
  const write = await open(target, 'r+');
  try {
    await write.write(header, 0, headerBytes, to);
  } finally {
    await write.close();
  }
}
