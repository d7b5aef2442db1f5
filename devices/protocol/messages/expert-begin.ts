import { groups, slowMs, type Command } from '../command.ts';

/** Opens a slot for an upload, or goes on with the same image where it lies already, partly or wholly. */
export const expertBegin: Command<{ length: number; sha256: Uint8Array }, { slot: number; offset: number }> =
  {
    name: 'expert begin',
    operation: 'write',
    group: groups.experts,
    id: 1,
    repeatable: true,
    timeoutMs: slowMs,
    encode: ({ length, sha256 }) => ({ len: length, sha: sha256 }),
    decode: (reply) => ({ slot: reply.number('slot'), offset: reply.number('off') }),
  };
