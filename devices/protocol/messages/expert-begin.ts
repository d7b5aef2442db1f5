import { groups, slowMs, type Command } from '../command.ts';

/**
 * Opens a slot for an upload, or goes on with the same image where it lies already, partly or wholly. `at`: the block
 * from which a place is looked for; null: behind the last image, so that wear spreads.
 */
export const expertBegin: Command<
  { length: number; sha256: Uint8Array; at: number | null },
  { slot: number; offset: number }
> = {
  name: 'expert begin',
  operation: 'write',
  group: groups.experts,
  id: 1,
  repeatable: true,
  timeoutMs: slowMs,
  encode: ({ length, sha256, at }) => ({ len: length, sha: sha256, ...(at === null ? {} : { at }) }),
  decode: (reply) => ({ slot: reply.number('slot'), offset: reply.number('off') }),
};
