/** `curlew backup FILE`, `curlew restore FILE`: the lab's store as one file. */
import { join, resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { makeDataFolder } from '../../../data-folder.ts';
import { Outputs } from '../../../outputs.ts';
import { restoreStore } from '../../../store/restore.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { sizeText, print } from '../output.ts';

export const storeCommands: Commands = {
  backup: {
    usage: 'FILE',
    about: 'a copy of the lab’s store, while it runs or not',
    options: [],
    check: ({ words, dataFolder }) => new Outputs({ overwrite: 'never', keep: [dataFolder] }).file(words[0]!),
    run: backup,
  },
  restore: {
    usage: 'FILE',
    about: 'the store as that copy holds it; the one so far is set aside',
    options: [],
    alone: async (args) => print(await restore(args), args),
  },
};

async function backup(client: LabClient, { words }: Args): Promise<Answer> {
  const made = await client.request('store.backup', { path: resolve(words[0]!) });
  return { text: `Backed up to ${made.path}, ${sizeText(made.bytes)}.`, json: made };
}

/** Needs no lab, and none may run. */
async function restore({ words, dataFolder }: Args): Promise<Answer> {
  const path = resolve(words[0]!);
  await makeDataFolder(dataFolder);
  const text = await restoreStore(join(dataFolder, 'lab.duckdb'), path);
  return { text, json: { path, text } };
}
