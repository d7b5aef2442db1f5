import { groups, quickMs, type Command } from '../command.ts';

/** A window that is held durably. One that is gone, or of another CRC, is left as it is. */
export const uncertainAcknowledge: Command<{ id: number; crc: number }, void> = {
  name: 'uncertain acknowledge',
  operation: 'write',
  group: groups.uncertain,
  id: 2,
  repeatable: true,
  timeoutMs: quickMs,
  encode: ({ id, crc }) => ({ id, crc }),
  decode: () => undefined,
};
