import { groups, quickMs, type Command } from '../command.ts';
import { uncertainBytes } from '../uncertain-window.ts';

/** Bytes of a window from `offset` on, as much as fits a message. */
export const uncertainRead: Command<{ id: number; offset: number }, { data: Uint8Array; length: number }> = {
  name: 'uncertain read',
  operation: 'read',
  group: groups.uncertain,
  id: 1,
  repeatable: true,
  timeoutMs: quickMs,
  encode: ({ id, offset }) => ({ id, off: offset }),
  decode: (reply) => ({ data: reply.bytes('data'), length: reply.count('len', uncertainBytes) }),
};
