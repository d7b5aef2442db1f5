import { groups, quickMs, type Command } from '../command.ts';

/** A piece of the image. The board's answer says which byte it wants next, whether it took the piece or not. */
export const expertWrite: Command<{ slot: number; offset: number; data: Uint8Array }, { offset: number }> = {
  name: 'expert write',
  operation: 'write',
  group: groups.experts,
  id: 2,
  repeatable: true,
  timeoutMs: 2 * quickMs,
  encode: ({ slot, offset, data }) => ({ slot, off: offset, data }),
  decode: (reply) => ({ offset: reply.number('off') }),
};
