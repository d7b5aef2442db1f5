/**
 * Opens the lab's DuckDB file and brings it to the current schema; what is damaged is set aside and saved as far as it
 * can be read. One process holds it at a time.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { CurlewError } from '../contract/error.ts';
import type { StoreBackup } from './contract.ts';
import { readAcknowledged } from './acknowledged.ts';
import { backUp, namedBackup } from './backup.ts';
import { isGivenUp, messageOf, storeError } from './duckdb-errors.ts';
import { finishExchange } from './exchange.ts';
import { openWhole, type Opened } from './open-whole.ts';
import { rescue } from './rescue.ts';
import { inTransaction } from './transaction.ts';

export interface Store {
  readonly path: string;
  readonly connection: DuckDBConnection;
  /** What was lost of it, and where what was set aside lies, for a person; empty where it was sound. */
  readonly losses: readonly string[];
  /**
   * Runs statements one after another, never interleaved with another caller's; all of them durable when it
   * resolves, or none.
   * @throws CurlewError STORE_FAILED; STORE_DAMAGED: before the next one, what can be read is saved into a new store
   */
  transaction<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** The same for work that leaves fewer rows: a store that is opened after a crash must not miss them. */
  deletion<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /**
   * Reads the store as it is now, on a connection of its own: what takes long keeps nobody waiting.
   * @throws CurlewError as `transaction`
   */
  reading<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /**
   * Copies the store as it is now; writing goes on meanwhile.
   * @param file must not exist; left out: a new one in the folder `backups` beside the store
   * @throws CurlewError FILE_EXISTS, FILE_UNWRITABLE, STORE_DAMAGED
   */
  backup(file?: string): Promise<StoreBackup>;
  close(): Promise<void>;
}

/**
 * @param path of the database file; its folder must exist
 * @param tell of what goes wrong, or is lost, later and is no caller's failure, for a person
 * @throws CurlewError STORE_LOCKED, STORE_TOO_NEW, STORE_FAILED
 */
export async function openStore(path: string, tell: (text: string) => void = () => {}): Promise<Store> {
  try {
    const finished = await finishExchange(path);
    const { opened, losses } = await openOrRescue(path);
    return new OpenStore(path, opened, finished === null ? losses : [finished, ...losses], tell);
  } catch (thrown) {
    throw storeError(thrown, path);
  }
}

async function openOrRescue(path: string): Promise<{ opened: Opened; losses: string[] }> {
  const before = await readAcknowledged(path);
  try {
    const opened = await openWhole(path, before);
    return { opened, losses: opened.loss === null ? [] : [opened.loss] };
  } catch (thrown) {
    const error = storeError(thrown, path);
    if (error.code !== 'STORE_DAMAGED') throw error;
    const note = await rescue(path, String(error.context['damage']), before?.rows ?? {});
    return { opened: await openWhole(path, null), losses: [note] };
  }
}

class OpenStore implements Store {
  private turn: Promise<unknown> = Promise.resolve();
  private backingUp: Promise<unknown> = Promise.resolve();
  private readonly readings = new Set<Promise<unknown>>();
  /** It must be opened again before anything else: it is damaged, or DuckDB has given it up (a full disk, say). */
  private broken = false;

  constructor(
    readonly path: string,
    /** Null after opening it again has failed. */
    private opened: Opened | null,
    readonly losses: string[],
    private readonly tell: (text: string) => void,
  ) {}

  get connection(): DuckDBConnection {
    return this.whole().connection;
  }

  deletion<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.transaction(async (connection) => {
      const result = await work(connection);
      await this.opened?.ledger.fewerRows();
      return result;
    });
  }

  transaction<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.inTurn(async ({ connection, ledger }) => {
      const result = await inTransaction(connection, work);
      // What was done stays done: a failure here is no failure of this transaction.
      await ledger.transactionDone().catch((thrown: unknown) => this.failed(thrown));
      return result;
    });
  }

  reading<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const mine = this.readNow(work);
    this.readings.add(mine);
    const over = (): boolean => this.readings.delete(mine);
    mine.then(over, over);
    return mine;
  }

  backup(file?: string): Promise<StoreBackup> {
    const mine = this.backingUp.then(async () => {
      const { instance } = await this.inTurn((opened) => Promise.resolve(opened));
      try {
        return await backUp(instance, this.path, file ?? (await namedBackup(this.path, 'lab')));
      } catch (thrown) {
        throw await this.judged(thrown);
      }
    });
    this.backingUp = mine.catch(() => undefined);
    return mine;
  }

  async close(): Promise<void> {
    await this.backingUp;
    await this.turn;
    if (!this.opened) return;
    await this.opened.ledger.checkpoint().catch((thrown: unknown) => this.failed(thrown));
    await this.closeNow();
  }

  private async readNow<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const { instance } = this.broken ? await this.inTurn((opened) => Promise.resolve(opened)) : this.whole();
    try {
      const connection = await instance.connect();
      try {
        return await inTransaction(connection, work);
      } finally {
        connection.closeSync();
      }
    } catch (thrown) {
      throw await this.judged(thrown);
    }
  }

  private inTurn<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    const mine = this.turn.then(async () => {
      try {
        if (this.broken) await this.reopen();
        return await work(this.whole());
      } catch (thrown) {
        throw await this.judged(thrown);
      }
    });
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private whole(): Opened {
    if (this.opened) return this.opened;
    throw new CurlewError('STORE_FAILED', `The lab's store ${this.path} is not open.`, { path: this.path });
  }

  private async reopen(): Promise<void> {
    await this.backingUp;
    await this.closeNow();
    const { opened, losses } = await openOrRescue(this.path);
    this.opened = opened;
    this.broken = false;
    this.losses.push(...losses);
    losses.forEach((loss) => this.tell(loss));
  }

  private async closeNow(): Promise<void> {
    if (!this.opened) return;
    const { ledger, connection, instance } = this.opened;
    this.opened = null;
    await Promise.allSettled(this.readings);
    connection.closeSync();
    instance.closeSync();
    await ledger.close().catch((thrown: unknown) => this.tell(messageOf(thrown)));
  }

  private async judged(thrown: unknown): Promise<CurlewError> {
    const error = storeError(thrown, this.path);
    if (error.code === 'STORE_DAMAGED' || isGivenUp(thrown)) this.broken = true;
    if (error.code === 'STORE_DAMAGED') {
      // For the next process, should this one not come to it.
      await this.opened?.ledger.damaged().catch((failure: unknown) => this.tell(messageOf(failure)));
    }
    return error;
  }

  private async failed(thrown: unknown): Promise<void> {
    this.tell((await this.judged(thrown)).message);
  }
}
