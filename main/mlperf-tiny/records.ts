/** What benchmarks found, a file each below `benchmarks/` of the data folder. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import type { Leavings } from '../jobs/definition.ts';
import { readWhole } from '../regular-file.ts';
import { writeDurably } from '../write-durably.ts';
import type { TinyRecord } from './contract/results.ts';

const mostBytes = 256 * 2 ** 20;

export class TinyRecords implements Leavings {
  constructor(private readonly folder: string) {}

  /** @throws what the file system does */
  write(record: TinyRecord): Promise<void> {
    return writeDurably(this.pathOf(record.jobId), `${JSON.stringify(record)}\n`);
  }

  /** @param jobId of a job that the lab has @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_DAMAGED */
  async read(jobId: string): Promise<TinyRecord> {
    const path = this.pathOf(jobId);
    const text = (await readWhole(path, mostBytes, 'a benchmark’s record')).toString('utf8');
    try {
      return JSON.parse(text) as TinyRecord;
    } catch (cause) {
      throw new CurlewError(
        'FILE_DAMAGED',
        `What the benchmark found is damaged: ${path}.`,
        { path },
        { cause },
      );
    }
  }

  async holdings({ id }: { id: string }) {
    const bytes = await stat(this.pathOf(id)).then(
      ({ size }) => size,
      () => 0,
    );
    return {
      goes: bytes > 0 ? ['its runs and answers'] : [],
      stays: ['the inputs, and captures of currents'],
      bytes,
    };
  }

  remove(jobId: string): Promise<void> {
    return rm(this.pathOf(jobId), { force: true });
  }

  private pathOf(jobId: string): string {
    return join(this.folder, `${jobId}.json`);
  }
}
