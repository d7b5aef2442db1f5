/** `curlew key …`: the keys that experts are signed with. */
import type { SigningKey } from '../../../contract/types.ts';
import type { Commands } from '../command.ts';
import { table, type Row } from '../output.ts';

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
      const rows = keys.map((one): Row => [
        one.id,
        one.name,
        new Date(one.createdMs).toISOString().slice(0, 10),
        one.keptIn,
      ]);
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
  'key delete': {
    usage: 'ID',
    about: 'for good',
    options: [],
    async run(client, { words }) {
      const keyId = words[0]!;
      const left = await client.request('keys.delete', { keyId });
      return { text: `Key ${keyId} is deleted.`, json: left };
    },
  },
};
