/** Lists what is to be classified while the first files of it are heard already. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CurlewError } from '../../contract/error.ts';
import type { ListedFile } from '../../contract/types.ts';
import { walkAudio } from '../../recordings/find-audio.ts';
import { unheard } from './file-answers.ts';
import type { ResultStore } from './result-store.ts';

/** Files that are kept at once: the first come soon, so that work can begin. */
const firstBatch = 20;
const batch = 500;

export class Listing {
  files = 0;
  bytes = 0;
  done = false;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly results: Pick<ResultStore, 'list' | 'keep'>,
    private readonly jobId: string,
  ) {}

  /** @throws CurlewError ABORTED, STORE_FAILED */
  async run(
    paths: readonly string[],
    options: { signal: AbortSignal; allowed(real: string): Promise<boolean> },
  ): Promise<void> {
    try {
      let some: ListedFile[] = [];
      for await (const found of walkAudio(paths, options)) {
        if ('error' in found) await this.fail(found.path, found.error);
        else some.push(await listed(found.path));
        if (some.length < (this.files === 0 ? firstBatch : batch)) continue;
        await this.put(some);
        some = [];
      }
      await this.put(some);
      this.done = true;
    } finally {
      this.wake();
    }
  }

  /** Resolves when more has been listed, or all. */
  more(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  private async put(files: readonly ListedFile[]): Promise<void> {
    if (files.length === 0) return;
    await this.results.list(this.jobId, files);
    this.files += files.length;
    this.bytes += files.reduce((sum, { bytes }) => sum + bytes, 0);
    this.wake();
  }

  private async fail(path: string, { code, message }: CurlewError): Promise<void> {
    const { jobId } = this;
    for (const file of await this.results.list(jobId, [{ path, bytes: 0, modifiedMs: 0 }])) {
      const failed = { ...unheard, ...file, jobId, state: 'failed' as const, error: { code, message } };
      await this.results.keep(jobId, [{ file: failed, detections: [], windows: [] }]);
    }
    this.files++;
  }

  private wake(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}

/** What cannot be looked at is told when it is opened. */
async function listed(path: string): Promise<ListedFile> {
  const { size: bytes, mtimeMs: modifiedMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
  return { path, bytes, modifiedMs };
}

/** For a person: “2 of 7: night.wav”. */
export const placeOf = (passed: number, total: number | null, path: string): string =>
  `${passed} of ${total ?? 'more than that'}: ${basename(path)}`;
