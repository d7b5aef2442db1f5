import { groups, quickMs, type Command } from '../command.ts';

/** Parts of what a device tells of its software, by the letters that ask for them. */
export const systemParts = {
  s: 'kernel',
  v: 'version',
  b: 'built',
  m: 'machine',
  p: 'processor',
  i: 'board',
} as const;
export type SystemPart = keyof typeof systemParts;

/** One part of what it tells of its software; each may be left out of a device. */
export const osSystemInfo: Command<SystemPart, string> = {
  name: 'os application info',
  operation: 'read',
  group: groups.os,
  id: 7,
  repeatable: true,
  timeoutMs: quickMs,
  encode: (format) => ({ format }),
  decode: (reply) => reply.label('output', 128),
};
