import { groups, quickMs, type Command } from '../command.ts';

/** The board answers, then restarts. */
export const osReset: Command<void, void> = {
  name: 'os reset',
  operation: 'write',
  group: groups.os,
  id: 5,
  repeatable: false,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: () => undefined,
};
