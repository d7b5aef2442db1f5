import { groups, quickMs, type Command } from '../command.ts';
import type { TransferAnswer } from '../transfer.ts';

/** A piece of one window for the board's input buffer; offset 0 starts anew. */
export const inferenceLoad: Command<{ offset: number; data: Uint8Array }, TransferAnswer> = {
  name: 'inference load',
  operation: 'write',
  group: groups.inference,
  id: 0,
  repeatable: true,
  timeoutMs: 2 * quickMs,
  encode: ({ offset, data }) => ({ off: offset, data }),
  decode: (reply) => ({ wanted: reply.number('off') }),
};
