import { groups, quickMs, type Command } from '../command.ts';

export interface LinkParameters {
  /** Largest message, header included, bytes. */
  bufferSize: number;
  /** Messages the board can hold; one fewer may be outstanding. */
  bufferCount: number;
}

export const osParameters: Command<void, LinkParameters> = {
  name: 'os parameters',
  operation: 'read',
  group: groups.os,
  id: 6,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) => ({ bufferSize: reply.number('buf_size'), bufferCount: reply.number('buf_count') }),
};
