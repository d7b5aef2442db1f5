/** Puts a backup in the store's place; the store so far is set aside. No lab may run. */
import { dateForName } from '../contract/figures.ts';
import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { CurlewError } from '../contract/error.ts';
import { isHeld, messageOf, storeError } from './duckdb-errors.ts';
import { exchange, finishExchange, madePath } from './exchange.ts';
import { beginsAsDatabase, freeName, literal, removeDatabase, sizeOf } from './files.ts';
import { migrations } from './migrations.ts';
import { storeTooNew, versionOf } from './schema.ts';
import { readAll } from './tables.ts';

/**
 * @param path of the store, which need not be sound, or be there
 * @param backup made by `Store.backup`; it stays as it is
 * @returns what was done, for a person
 * @throws CurlewError STORE_LOCKED, STORE_TOO_NEW; FILE_NOT_FOUND, FILE_DAMAGED for the backup; STORE_FAILED. The store
 *   is then as it was
 */
export async function restoreStore(path: string, backup: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await refuseHeld(connection, path);
    await finishExchange(path);
    await refuseUnsound(connection, backup);
    await removeDatabase(madePath(path));
    await copyFile(backup, madePath(path), constants.COPYFILE_FICLONE);
    const aside = await freeName(`${path}.replaced-${dateForName()}`);
    const before = (await sizeOf(path)) === null ? '' : ` The store so far is set aside as ${aside}.`;
    const note = `The lab's store is that of the backup ${backup} again.${before}`;
    await exchange(path, { aside, note });
    return note;
  } catch (thrown) {
    throw storeError(thrown, path);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function refuseHeld(connection: DuckDBConnection, path: string): Promise<void> {
  if ((await sizeOf(path)) === null || !(await beginsAsDatabase(path))) return;
  try {
    await connection.run(`ATTACH ${literal(path)} AS present (READ_ONLY)`);
    await connection.run('DETACH present');
  } catch (thrown) {
    // Whatever else is wrong with it is why it is replaced.
    if (isHeld(thrown)) throw thrown;
  }
}

async function refuseUnsound(connection: DuckDBConnection, backup: string): Promise<void> {
  if ((await sizeOf(backup)) === null) {
    throw new CurlewError('FILE_NOT_FOUND', `There is no ${backup}.`, { path: backup });
  }
  try {
    if (!(await beginsAsDatabase(backup))) throw new Error('it does not begin as a DuckDB database does');
    await connection.run(`ATTACH ${literal(backup)} AS backup (READ_ONLY)`);
    await connection.run('USE backup');
    const version = await versionOf(connection);
    if (version > migrations.length) throw storeTooNew(backup, version);
    await readAll(connection);
    await connection.run('USE memory');
    await connection.run('DETACH backup');
  } catch (thrown) {
    if (thrown instanceof CurlewError) throw thrown;
    throw new CurlewError(
      'FILE_DAMAGED',
      `${backup} is no sound backup of a store: ${messageOf(thrown)}. Choose another.`,
      { path: backup },
      { cause: thrown },
    );
  }
}
