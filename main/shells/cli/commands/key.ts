/** `curlew key …`: the keys that experts are signed with. */
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { SigningKey } from '../../../contract/types.ts';
import type { Args } from '../args.ts';
import { table, type Row } from '../output.ts';
import type { Answer } from './board.ts';

const places: Record<SigningKey['keptIn'], string> = {
  keychain: "the operating system's keychain",
  file: 'a file in the data folder that you alone can read (there is no keychain here)',
};

export async function key(client: LabClient, { words }: Args): Promise<Answer> {
  const [action = 'list', word] = words;
  switch (action) {
    case 'create': {
      const made = await client.request('keys.create', { name: needed(word, 'create NAME') });
      return {
        text: `Key ${made.id} (“${made.name}”) made. Its private half is in ${places[made.keptIn]}.`,
        json: made,
      };
    }
    case 'list': {
      const keys = await client.request('keys.list', {});
      const rows = keys.map((one): Row => [
        one.id,
        one.name,
        new Date(one.createdMs).toISOString().slice(0, 10),
        one.keptIn,
      ]);
      return { text: table(['key', 'name', 'made', 'kept in'], rows), json: keys };
    }
    case 'export': {
      const { text, ...file } = await client.request('keys.export', { keyId: needed(word, 'export ID') });
      return { text: text.trimEnd(), json: { ...file, text } };
    }
    case 'delete': {
      const keyId = needed(word, 'delete ID');
      const left = await client.request('keys.delete', { keyId });
      return { text: `Key ${keyId} is deleted.`, json: left };
    }
    default:
      throw new CurlewError('REQUEST_INVALID', `There is no “curlew key ${action}”. See “curlew --help”.`);
  }
}

function needed(word: string | undefined, usage: string): string {
  if (word) return word;
  throw new CurlewError('REQUEST_INVALID', `Say which: “curlew key ${usage}”.`);
}
