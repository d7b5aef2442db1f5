/** Puts another file in the store's place and sets the one that lay there aside, whole even if it is interrupted. */
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { syncFolder, writeDurably } from '../write-durably.ts';
import { acknowledgedPath } from './acknowledged.ts';
import { logPath, moveIfThere, sizeOf, syncFile } from './files.ts';

const schema = v.strictObject({
  /** Where the store so far is set aside, its log beside it. */
  aside: v.string(),
  /** Why, for a person; kept beside it as a text. */
  note: v.string(),
});
export type Exchange = v.InferOutput<typeof schema>;

/** What takes the store's place is made here. */
export const madePath = (path: string): string => `${path}.made`;
const planPath = (path: string): string => `${path}.exchange`;

/** The new store lies at `madePath`, closed. From the moment its plan is written the exchange happens. */
export async function exchange(path: string, plan: Exchange): Promise<void> {
  await syncFile(madePath(path));
  await writeDurably(planPath(path), JSON.stringify(plan));
  await finishExchange(path);
}

/** Finishes what an earlier process was interrupted in. @returns its note; null where there was none */
export async function finishExchange(path: string): Promise<string | null> {
  const text = await readFile(planPath(path), 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ENOENT') throw thrown;
    return null;
  });
  if (text === null) return null;
  const { aside, note } = v.parse(schema, JSON.parse(text));
  if ((await sizeOf(madePath(path))) !== null) {
    await moveIfThere(logPath(path), logPath(aside));
    await moveIfThere(path, aside);
    // What was acknowledged of the one is no claim on the other.
    await rm(acknowledgedPath(path), { force: true });
    await syncFolder(dirname(path));
    await rename(madePath(path), path);
  }
  await writeDurably(`${aside}.txt`, `${note}\n`);
  await rm(planPath(path));
  await syncFolder(dirname(path));
  return note;
}
