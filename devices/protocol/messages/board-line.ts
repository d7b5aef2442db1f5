import { groups, quickMs, type Command } from '../command.ts';

/**
 * Changes the line's rate: answered at the old rate, then the board switches, and goes back after 2 s in which no
 * request arrived whole. Asking again at the old rate would find nobody there.
 */
export const boardLine: Command<{ baud: number }, void> = {
  name: 'board line',
  operation: 'write',
  group: groups.board,
  id: 2,
  repeatable: false,
  timeoutMs: quickMs,
  encode: ({ baud }) => ({ baud }),
  decode: () => undefined,
};
