/** `curlew key …`: the keys that experts are signed with. */
import { day } from '../../../contract/figures.ts';
import { resolve } from 'node:path';
import type { SigningKey } from '../../../contract/types.ts';
import { readWhole } from '../../../regular-file.ts';
import type { Commands } from '../command.ts';
import { table, type Row } from '../output.ts';
import { outputsOf } from '../outputs-of.ts';
import { givenPassphrase } from '../passphrase.ts';

const mostKeyFileBytes = 1_000_000;

const places: Record<SigningKey['keptIn'], string> = {
  keychain: "the operating system's keychain",
  file: 'a file in the data folder that you alone can read (there is no keychain here)',
};

export const keyCommands: Commands = {
  'key create': {
    usage: 'NAME',
    about: 'a new key to sign experts with',
    options: [],
    async run(client, { words }) {
      const made = await client.request('keys.create', { name: words[0]! });
      return {
        text: `Key ${made.id} (“${made.name}”) made. Its private half is in ${places[made.keptIn]}.`,
        json: made,
      };
    },
  },
  'key list': {
    usage: '',
    about: 'the lab’s keys, and where they lie',
    options: [],
    async run(client) {
      const keys = await client.request('keys.list', {});
      const rows = keys.map((one): Row => [one.id, one.name, day(one.createdMs), one.keptIn]);
      return { text: table(['key', 'name', 'made', 'kept in'], rows), json: keys };
    },
  },
  'key export': {
    usage: 'ID',
    about: 'the public half, as PEM',
    options: [],
    async run(client, { words }) {
      const { text, ...file } = await client.request('keys.export', { keyId: words[0]! });
      return { text: text.trimEnd(), json: { ...file, text } };
    },
  },
  'key backup': {
    usage: 'FILE',
    about: 'all keys, private halves too, under a passphrase that is asked for (PEM)',
    options: ['passphrase-file', 'overwrite'],
    check: (args) => outputsOf(args).file(args.words[0]!),
    async run(client, args) {
      const output = await outputsOf(args).file(args.words[0]!);
      const passphrase = await givenPassphrase(args, { twice: true });
      const { text } = await client.request('keys.backup', { passphrase });
      await output.write(text, 0o600);
      return {
        text: `Keys written to ${output.path}. Who has it and the passphrase can sign for this lab’s boards.`,
        json: { path: output.path },
      };
    },
  },
  'key restore': {
    usage: 'FILE',
    about: 'takes up the keys of such a file',
    options: ['passphrase-file'],
    async run(client, args) {
      const text = (await readWhole(resolve(args.words[0]!), mostKeyFileBytes, 'keys')).toString('utf8');
      const passphrase = await givenPassphrase(args, { twice: false });
      const result = await client.request('keys.restore', { text, passphrase });
      const list = (keys: SigningKey[]) => keys.map((one) => `${one.id} (“${one.name}”)`).join(', ');
      return {
        text: [
          result.restored.length > 0 ? `Restored: ${list(result.restored)}.` : 'Nothing was missing.',
          ...(result.present.length > 0 ? [`Here already: ${list(result.present)}.`] : []),
        ].join('\n'),
        json: result,
      };
    },
  },
  'key delete': {
    usage: 'ID [BOARD...]',
    about: 'for good; a board that asks for it is named only where it is gone for good',
    options: [],
    async run(client, { words }) {
      const [keyId, ...gone] = words as [string, ...string[]];
      const left = await client.request('keys.delete', { keyId, gone });
      return { text: `Key ${keyId} is deleted.`, json: left };
    },
  },
};
