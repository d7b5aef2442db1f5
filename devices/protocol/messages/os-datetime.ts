import { groups, quickMs, type Command } from '../command.ts';

/** Sets the board's clock, from the moment at which the request arrives. Milliseconds since 1970, of 2000 to 2199. */
export const osDatetime: Command<{ wallMs: number }, void> = {
  name: 'os datetime',
  operation: 'write',
  group: groups.os,
  id: 4,
  // Sent again it would set a time that has passed.
  repeatable: false,
  timeoutMs: quickMs,
  encode: ({ wallMs }) => ({ datetime: new Date(Math.round(wallMs)).toISOString().slice(0, -1) }),
  decode: () => undefined,
};
