/** Opens the database and holds it against what it acknowledged before. */
import { dateForName, grouped } from '../contract/figures.ts';
import { constants } from 'node:fs';
import { copyFile, rm, truncate } from 'node:fs/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { Acknowledged } from './acknowledged.ts';
import { backUpBeforeMigration } from './backup.ts';
import { messageOf, soundLogBytes, storeDamaged } from './duckdb-errors.ts';
import { beginsAsDatabase, freeName, logPath, moveIfThere, sizeOf } from './files.ts';
import { Ledger } from './ledger.ts';
import { lossText } from './losses.ts';
import { migrate } from './schema.ts';
import { readAll } from './tables.ts';

export interface Opened {
  instance: DuckDBInstance;
  connection: DuckDBConnection;
  ledger: Ledger;
  /** What is missing of what was acknowledged, for a person; null: nothing. */
  loss: string | null;
}

const settings = {
  // Never by itself: see ledger.ts.
  checkpoint_threshold: '1TB',
  // DuckDB keeps what it has read or written until it has this much; by itself it takes four fifths of the machine. What
  // a query needs beyond it goes through files beside the store.
  memory_limit: '1GB',
  // A file of another kind is no reason to ask the network for what reads it.
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/**
 * @param before what was acknowledged; null where that is not known
 * @throws CurlewError STORE_DAMAGED, STORE_TOO_NEW; what DuckDB throws
 */
export async function openWhole(path: string, before: Acknowledged | null): Promise<Opened> {
  const isNew = (await sizeOf(path)) === null;
  // DuckDB would hand a file of another kind to whatever reads that.
  if (!isNew && !(await beginsAsDatabase(path))) {
    throw storeDamaged(path, 'it does not begin as a DuckDB database does');
  }
  const closed = before?.state === 'closed';
  const log = await keepLog(path, isNew);
  const { instance, logEnd } = await create(path);
  let connection: DuckDBConnection | null = null;
  try {
    connection = await instance.connect();
    // What turns out to be damaged is left as it was.
    await connection.run('PRAGMA disable_checkpoint_on_shutdown');
    if (before?.state === 'damaged') throw storeDamaged(path, 'a read failed when it was last open');
    await migrate(connection, path, (version) => backUpBeforeMigration(instance, path, version));
    if (!closed) await readAll(connection);
    const ledger = await Ledger.open(path, connection);
    const loss = await lossOf(path, before, { bytes: log, end: logEnd ?? log }, ledger.rows);
    return { instance, connection, ledger, loss };
  } catch (thrown) {
    connection?.closeSync();
    instance.closeSync();
    throw thrown;
  }
}

const keptPath = (path: string): string => `${logPath(path)}.kept`;

/**
 * DuckDB replays the log as far as it goes and then forgets it: it is kept until all is found well.
 * @returns its bytes
 */
async function keepLog(path: string, isNew: boolean): Promise<number> {
  const bytes = (await sizeOf(logPath(path))) ?? 0;
  // Without its database it would be replayed into an empty one.
  if (isNew) await moveIfThere(logPath(path), keptPath(path));
  else if (bytes > 0) {
    await copyFile(logPath(path), keptPath(path), constants.COPYFILE_FICLONE).catch(
      async (thrown: NodeJS.ErrnoException) => {
        if (thrown.code !== 'ENOSPC') throw thrown;
        // A full disk must not keep the store shut.
        await rm(keptPath(path), { force: true });
      },
    );
  }
  return bytes;
}

/** A log that is damaged from some byte on is cut there. @returns where, or null */
async function create(path: string): Promise<{ instance: DuckDBInstance; logEnd: number | null }> {
  try {
    return { instance: await DuckDBInstance.create(path, settings), logEnd: null };
  } catch (thrown) {
    const logEnd = soundLogBytes(messageOf(thrown));
    if (logEnd === null) throw thrown;
    await truncate(logPath(path), logEnd);
    return { instance: await DuckDBInstance.create(path, settings), logEnd };
  }
}

/** What is missing of what was acknowledged, or was damaged in the log; what shows it is set aside. */
async function lossOf(
  path: string,
  before: Acknowledged | null,
  log: { bytes: number; end: number },
  rows: Readonly<Record<string, number>>,
): Promise<string | null> {
  const counts = Object.entries(before?.rows ?? {}).map(([table, count]) => ({
    table,
    before: count,
    left: rows[table] ?? 0,
  }));
  const fewer = counts.some(({ left, before: count }) => left < count);
  const missing = (before?.logBytes ?? 0) - log.end;
  if (!fewer && missing <= 0 && log.end === log.bytes) {
    await rm(keptPath(path), { force: true });
    return null;
  }
  const aside = await freeName(`${logPath(path)}.damaged-${dateForName()}`);
  const kept = await moveIfThere(keptPath(path), aside);
  return [
    log.end < log.bytes
      ? `The log of the lab's store was damaged from byte ${grouped(log.end)} of ${grouped(log.bytes)} on.`
      : missing > 0
        ? `The log of the lab's store was cut short: its last ${grouped(missing)} bytes are missing.`
        : "The lab's store holds less than it did when it was last open.",
    before ? lossText(counts) : 'What it held there is not known.',
    ...(missing > 0 && !fewer ? ['Changes to rows that are there may be lost.'] : []),
    ...(kept ? [`The log as it was is set aside as ${aside}.`] : []),
  ].join(' ');
}
