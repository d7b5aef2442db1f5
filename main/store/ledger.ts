/**
 * Keeps the account of what the store has acknowledged, and writes its log back: DuckDB does not by itself, so that
 * the account never claims a log that a checkpoint has emptied.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { AcknowledgedFile, type Acknowledged } from './acknowledged.ts';
import { logPath, sizeOf } from './files.ts';
import { countRows, tablesOf } from './tables.ts';

/** When the log has grown by so much it is written back, bytes: a start reads as much within a second. */
const checkpointBytes = 16 * 1024 * 1024;

export class Ledger {
  /** Not before it has grown again: where a checkpoint fails (a full disk), one after every write would help nobody. */
  private checkpointAt: number;

  private constructor(
    private readonly path: string,
    private readonly connection: DuckDBConnection,
    private readonly file: AcknowledgedFile,
    private readonly tables: readonly string[],
    private said: Acknowledged,
  ) {
    this.checkpointAt = said.logBytes + checkpointBytes;
  }

  /** Begins with what the store, open and brought to its schema, holds. */
  static async open(path: string, connection: DuckDBConnection): Promise<Ledger> {
    const tables = await tablesOf(connection);
    const logBytes = (await sizeOf(logPath(path))) ?? 0;
    const said = { state: 'open', logBytes, rows: await countRows(connection, tables) } as const;
    const file = await AcknowledgedFile.open(path);
    await file.write(said, true);
    return new Ledger(path, connection, file, tables, said);
  }

  get rows(): Readonly<Record<string, number>> {
    return this.said.rows;
  }

  /** After every transaction, within its turn: one that wrote has made the log longer. */
  async transactionDone(): Promise<void> {
    const logBytes = (await sizeOf(logPath(this.path))) ?? 0;
    if (logBytes === this.said.logBytes) return;
    await this.say({ logBytes, rows: await countRows(this.connection, this.tables) });
    if (logBytes < this.checkpointAt) return;
    this.checkpointAt = logBytes + checkpointBytes;
    await this.checkpoint();
  }

  /** Before the commit of what deletes rows: a crash between the two would leave an account of rows that are gone. */
  async fewerRows(): Promise<void> {
    const left = await countRows(this.connection, this.tables);
    const rows = Object.entries(this.said.rows).map(([table, count]) => [
      table,
      Math.min(count, left[table] ?? 0),
    ]);
    await this.say({ rows: Object.fromEntries(rows) as Record<string, number> }, true);
  }

  /** The next time that the store is opened, what can be read of it is saved into a new one. */
  damaged(): Promise<void> {
    return this.say({ state: 'damaged' }, true);
  }

  /** Writes the log back; the connection is closed next. */
  async checkpoint(): Promise<void> {
    await this.say({ logBytes: 0 }, true);
    await this.connection.run('CHECKPOINT');
    const logBytes = (await sizeOf(logPath(this.path))) ?? 0;
    this.checkpointAt = logBytes + checkpointBytes;
    await this.say({ logBytes });
  }

  /** After the database was closed. */
  async close(): Promise<void> {
    try {
      const logBytes = (await sizeOf(logPath(this.path))) ?? 0;
      if (this.said.state === 'open' && logBytes === 0) await this.say({ state: 'closed', logBytes }, true);
    } finally {
      await this.file.close();
    }
  }

  private async say(change: Partial<Acknowledged>, durable = false): Promise<void> {
    this.said = { ...this.said, ...change };
    await this.file.write(this.said, durable);
  }
}
