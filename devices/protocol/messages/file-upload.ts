import { groups, slowMs, type Command } from '../command.ts';
import type { TransferAnswer } from '../transfer.ts';

/** A piece of a file. The answer's offset says which byte the device wants next; from 0 the file begins anew. */
export const fileUpload: Command<
  { name: string; offset: number; data: Uint8Array; length: number },
  TransferAnswer
> = {
  name: 'file upload',
  operation: 'write',
  group: groups.files,
  id: 0,
  repeatable: true,
  // The last piece may be verified, the first may erase.
  timeoutMs: slowMs,
  encode: ({ name, offset, data, length }) => ({
    ...{ name, off: offset, data },
    ...(offset === 0 && { len: length }),
  }),
  decode: (reply) => ({ wanted: reply.count('off') }),
};
