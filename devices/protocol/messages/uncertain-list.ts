import { groups, quickMs, type Command } from '../command.ts';
import { readUncertainHeads, type UncertainHead } from '../uncertain-window.ts';

export interface UncertainPage {
  /** How many the board keeps at most now; 0: the setting is off, or there is no room. */
  room: number;
  /** By id. */
  windows: UncertainHead[];
}

/** Headers of windows of ids above `after`, as many as fit a message. */
export const uncertainList: Command<{ after: number }, UncertainPage> = {
  name: 'uncertain list',
  operation: 'read',
  group: groups.uncertain,
  id: 0,
  repeatable: true,
  timeoutMs: quickMs,
  encode: ({ after }) => ({ after }),
  decode: (reply) => ({
    room: reply.count('room'),
    windows: readUncertainHeads(reply.bytes('wins'), reply.count('head', 4096)),
  }),
};
