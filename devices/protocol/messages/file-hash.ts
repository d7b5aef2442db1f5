import { groups, slowMs, type Command } from '../command.ts';

/** SHA-256 of the first `length` bytes of a file. */
export const fileHash: Command<{ name: string; length: number }, Uint8Array> = {
  name: 'file hash',
  operation: 'read',
  group: groups.files,
  id: 2,
  repeatable: true,
  timeoutMs: slowMs,
  encode: ({ name, length }) => ({ name, type: 'sha256', off: 0, len: length }),
  decode: (reply) => reply.bytes('output', 32),
};
