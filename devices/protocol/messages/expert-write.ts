import { groups, quickMs, type Command } from '../command.ts';
import { crc32 } from '../crc.ts';
import type { TransferAnswer } from '../transfer.ts';

/**
 * A piece of the image, with its CRC-32 where `sealed` (the console framing's own check is short). The board's
 * answer says which byte it wants next, whether it took the piece or not.
 */
export const expertWrite: Command<
  { slot: number; offset: number; data: Uint8Array; sealed?: boolean },
  TransferAnswer
> = {
  name: 'expert write',
  operation: 'write',
  group: groups.experts,
  id: 2,
  repeatable: true,
  timeoutMs: 2 * quickMs,
  encode: ({ slot, offset, data, sealed }) => ({
    slot,
    off: offset,
    data,
    ...(sealed ? { crc: crc32(data) } : {}),
  }),
  decode: (reply) => ({ wanted: reply.number('off'), kept: reply.has('kept') && reply.bool('kept') }),
};
