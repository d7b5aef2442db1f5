/**
 * What the store has acknowledged, kept beside it: the length of its log and the rows of each table. DuckDB replays a
 * log that was cut short as far as it goes and says nothing; what is missing then shows against this file.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import * as v from 'valibot';

const schema = v.strictObject({
  /** `closed`: after the last checkpoint nothing was written; `damaged`: a read met damage. */
  state: v.picklist(['open', 'closed', 'damaged']),
  /** The log had at least these bytes; 0 also while a checkpoint empties it. */
  logBytes: v.number(),
  rows: v.record(v.string(), v.number()),
});
export type Acknowledged = v.InferOutput<typeof schema>;

/** Longer than any content, so that a shorter one needs no truncation, and room once had is not asked for again. */
export const fileBytes = 4096;

export const acknowledgedPath = (path: string): string => `${path}.acknowledged`;

/** @returns null where nothing is known: a store of before, one restored by hand, or a file torn by a power cut */
export async function readAcknowledged(path: string): Promise<Acknowledged | null> {
  try {
    return v.parse(schema, JSON.parse(await readFile(acknowledgedPath(path), 'utf8')));
  } catch {
    return null;
  }
}

export class AcknowledgedFile {
  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<AcknowledgedFile> {
    // Never emptied: until the first write it says what it said.
    const file = await open(acknowledgedPath(path), 'r+', 0o600).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'ENOENT') throw thrown;
      return open(acknowledgedPath(path), 'w+', 0o600);
    });
    return new AcknowledgedFile(file);
  }

  /**
   * @param durable onto the disk; else the system may lose it with its power. It then says less than is so, which
   *   does no harm
   */
  async write(acknowledged: Acknowledged, durable: boolean): Promise<void> {
    await this.file.write(Buffer.from(JSON.stringify(acknowledged).padEnd(fileBytes)), 0, fileBytes, 0);
    if (durable) await this.file.datasync();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
