import { groups, slowMs, type Command } from '../command.ts';

/** The board hashes the slot and checks the image's structure. */
export const expertVerify: Command<{ slot: number }, { sha256: Uint8Array }> = {
  name: 'expert verify',
  operation: 'write',
  group: groups.experts,
  id: 3,
  repeatable: true,
  timeoutMs: slowMs,
  encode: ({ slot }) => ({ slot }),
  decode: (reply) => ({ sha256: reply.bytes('sha', 32) }),
};
