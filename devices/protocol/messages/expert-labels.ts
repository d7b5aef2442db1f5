import { CurlewError } from '../../../main/contract/error.ts';
import { groups, quickMs, type Command } from '../command.ts';

/** Class names of the active expert. */
export const expertLabels: Command<void, string[]> = {
  name: 'expert labels',
  operation: 'read',
  group: groups.experts,
  id: 7,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) =>
    reply.list('labels').map((label) => {
      if (typeof label === 'string') return label;
      throw new CurlewError('BOARD_BAD_REPLY', "One of the board's class names is not a text.");
    }),
};
