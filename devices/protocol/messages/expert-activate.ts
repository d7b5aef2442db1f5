import { groups, slowMs, type Command } from '../command.ts';

export interface ActiveSlots {
  active: number;
  /** Where roll back goes; −1 for nowhere. */
  previous: number;
}

/** From now on this slot answers. Activating the active slot changes nothing, so asking again is safe. */
export const expertActivate: Command<{ slot: number }, ActiveSlots> = {
  name: 'expert activate',
  operation: 'write',
  group: groups.experts,
  id: 4,
  repeatable: true,
  timeoutMs: slowMs,
  encode: ({ slot }) => ({ slot }),
  decode: (reply) => ({ active: reply.number('active'), previous: reply.number('previous') }),
};
