import { groups, quickMs, type Command } from '../command.ts';

/** Sends a text back: is anybody there, and does the line carry bytes unharmed? */
export const osEcho: Command<{ text: string }, { text: string }> = {
  name: 'os echo',
  operation: 'write',
  group: groups.os,
  id: 0,
  repeatable: true,
  timeoutMs: quickMs,
  encode: ({ text }) => ({ d: text }),
  decode: (reply) => ({ text: reply.text('r') }),
};
