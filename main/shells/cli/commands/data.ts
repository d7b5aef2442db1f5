/** `curlew data …`, `curlew folders …`: what lies in the data folder, and which other folders the lab may open. */
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { cleanWords, dataWords, harmless } from '../../../contract/data-words.ts';
import { CurlewError } from '../../../contract/error.ts';
import { count } from '../../../contract/figures.ts';
import type { AllowedFolders, CleanKind } from '../../../contract/types.ts';
import { makeDataFolder } from '../../../data-folder.ts';
import { moveData } from '../../../data/move.ts';
import { reachLab } from '../../running-lab.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { print, sizeText, table, type Row } from '../output.ts';

export const dataCommands: Commands = {
  data: {
    usage: '',
    about: 'the data folder: what lies in it, and what of it may go',
    options: [],
    run: look,
  },
  'data clean': {
    usage: '[KIND...]',
    about: `removes what may go: ${harmless.join(', ')}; backups and aside only where they are named`,
    options: [],
    async run(client, { words }) {
      const kinds = words.length === 0 ? [...harmless] : words.map(kindOf);
      const gone = await client.request('data.clean', { kinds });
      const text = `Removed ${count(gone.files, 'file')}, ${sizeText(gone.bytes)}.`;
      return { text, json: { kinds, ...gone } };
    },
  },
  'data move': {
    usage: 'FOLDER',
    about: 'moves the data folder there: at once, or where a lab runs before it opens next',
    options: [],
    alone: move,
  },
  'folders list': {
    usage: '',
    about: 'folders whose files the page may open',
    options: [],
    run: async (client) => listed(await client.request('folders.list', {})),
  },
  'folders add': {
    usage: 'FOLDER',
    about: 'lets every page open what lies in it',
    options: [],
    run: async (client, { words }) =>
      listed(await client.request('folders.add', { path: resolve(words[0]!) })),
  },
  'folders remove': {
    usage: 'FOLDER',
    about: 'no longer',
    options: [],
    run: async (client, { words }) =>
      listed(await client.request('folders.remove', { path: resolve(words[0]!) })),
  },
};

async function move({ words, dataFolder, json }: Args): Promise<number> {
  const to = resolve(words[0]!);
  const reached = await reachLab(dataFolder);
  if (reached) {
    try {
      const wished = await reached.client.request('data.move', { path: to });
      const text = `A lab runs: its data moves to ${wished.to} before it opens next. End it, and start it again.`;
      return print({ text, json: { ...wished, moved: false } }, { json });
    } finally {
      reached.client.close();
    }
  }
  await makeDataFolder(dataFolder);
  const at = await moveData(dataFolder, to);
  const text = `The data lies in ${at} now. ${dataFolder} leads there.`;
  return print({ text, json: { to: at, moved: true } }, { json });
}

async function look(client: LabClient): Promise<Answer> {
  const found = await client.request('data.look', {});
  const rows = found.kinds
    .filter(({ files }) => files > 0)
    .map(({ kind, bytes, files }): Row => [dataWords[kind], sizeText(bytes), files]);
  const total = found.kinds.reduce((sum, { bytes }) => sum + bytes, 0);
  const clean = found.clean
    .filter(({ files }) => files > 0)
    .map(({ kind, bytes }): Row => [kind, sizeText(bytes), cleanWords[kind]]);
  const held = found.held.map(({ jobId, state, bytes }): Row => [
    `what a ${state} job would go on from`,
    sizeText(bytes),
    `curlew jobs ${state === 'paused' ? 'cancel' : 'delete'} ${jobId.slice(0, 8)}`,
  ]);
  const parts = [
    `${found.folder}: ${sizeText(total)}${found.freeBytes === null ? '' : `, ${sizeText(found.freeBytes)} free on its disk`}`,
    table(['what', 'size', 'files'], rows),
    ...(clean.length === 0 ? ['Nothing in it may go.'] : [table(['may go', 'size', ''], clean)]),
    ...(held.length === 0 ? [] : [table(['unfinished', 'size', 'goes with'], held)]),
  ];
  return { text: parts.join('\n\n'), json: found };
}

function listed({ usual, added }: AllowedFolders): Answer {
  const rows = [...usual.map((path): Row => [path, '']), ...added.map((path): Row => [path, 'added'])];
  return { text: table(['folder', ''], rows), json: { usual, added } };
}

function kindOf(word: string): CleanKind {
  if (Object.hasOwn(cleanWords, word)) return word as CleanKind;
  throw new CurlewError(
    'REQUEST_INVALID',
    `There is no “${word}” to clean; there are ${Object.keys(cleanWords).join(', ')}.`,
  );
}
