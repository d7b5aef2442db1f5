import { groups, quickMs, type Command } from '../command.ts';

/** The length of a file, bytes. */
export const fileStatus: Command<string, number> = {
  name: 'file status',
  operation: 'read',
  group: groups.files,
  id: 1,
  repeatable: true,
  timeoutMs: 2 * quickMs,
  encode: (name) => ({ name }),
  decode: (reply) => reply.count('len'),
};
