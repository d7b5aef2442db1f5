/** What trainings, evaluations and imports of encoders keep on disk, and how it goes. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { count } from '../../contract/figures.ts';
import type { Job, JobHoldings } from '../../contract/types.ts';
import type { Leavings } from '../definition.ts';

/** Where a job keeps what is unfinished, and in the end its results. @param folder of all studies */
export const workFolderOf = (folder: string, jobId: string): string => join(folder, 'jobs', jobId);

/** @param hasBank whether the lab has a bank of that name */
export function studyLeavings(folder: string, hasBank: (name: string) => boolean): Leavings {
  const remove = (jobId: string) => rm(workFolderOf(folder, jobId), { recursive: true, force: true });
  return {
    discard: remove,
    remove,
    async holdings({ id, state, result }: Job): Promise<JobHoldings> {
      const { files, bytes } = await sizeOf(workFolderOf(folder, id));
      const bank = bankOf(result);
      return {
        goes: [
          ...(result?.kind === 'train' ? ['its loss curves'] : []),
          ...(files === 0
            ? []
            : state === 'done'
              ? [`its report, tables and trained folds: ${count(files, 'file')}`]
              : [`what it had done so far: ${count(files, 'file')}`]),
        ],
        stays: ['the recordings', ...(bank !== null && hasBank(bank) ? [`the bank ${bank}`] : [])],
        bytes,
      };
    },
  };
}

function bankOf(result: Job['result']): string | null {
  if (result?.kind === 'train') return result.bank;
  // An encoder's id is its bank's name and “-encoder”.
  return result?.kind === 'encoder' ? result.encoderId.replace(/-encoder$/, '') : null;
}

/** Of all files in a folder; none where there is no folder. */
async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return [];
      throw thrown;
    },
  );
  const paths = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path).catch(() => null))?.size ?? 0));
  return { files: paths.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
