import { groups, slowMs, type Command } from '../command.ts';
import type { ActiveSlots } from './expert-activate.ts';

/** Swaps the active slot and the previous one: twice is not once, so it is never repeated by itself. */
export const expertRollback: Command<void, ActiveSlots> = {
  name: 'expert rollback',
  operation: 'write',
  group: groups.experts,
  id: 6,
  repeatable: false,
  timeoutMs: slowMs,
  encode: () => ({}),
  decode: (reply) => ({ active: reply.number('active'), previous: reply.number('previous') }),
};
