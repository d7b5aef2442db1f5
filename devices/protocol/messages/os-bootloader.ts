import { groups, quickMs, type Command } from '../command.ts';

/** The name of its boot loader. */
export const osBootloader: Command<void, string> = {
  name: 'os bootloader information',
  operation: 'read',
  group: groups.os,
  id: 8,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) => reply.label('bootloader', 64),
};
