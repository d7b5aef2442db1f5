/** `curlew backup FILE`, `curlew restore FILE`: the lab's store as one file. */
import { join, resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { makeDataFolder } from '../../../data-folder.ts';
import { restoreStore } from '../../../store/restore.ts';
import type { Args } from '../args.ts';
import { kilobytes } from '../output.ts';
import type { Answer } from './board.ts';

export async function backup(client: LabClient, { words }: Args): Promise<Answer> {
  const made = await client.request('store.backup', { path: file(words, 'backup') });
  return { text: `Backed up to ${made.path}, ${kilobytes(made.bytes)}.`, json: made };
}

/** Needs no lab, and none may run. */
export async function restore({ words, dataFolder }: Args): Promise<Answer> {
  const path = file(words, 'restore');
  await makeDataFolder(dataFolder);
  const text = await restoreStore(join(dataFolder, 'lab.duckdb'), path);
  return { text, json: { path, text } };
}

function file([word, ...more]: string[], command: string): string {
  if (word && more.length === 0) return resolve(word);
  throw new CurlewError('REQUEST_INVALID', `Say which file, one: “curlew ${command} FILE”.`);
}
