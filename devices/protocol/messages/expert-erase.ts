import { groups, slowMs, type Command } from '../command.ts';

export const expertErase: Command<{ slot: number }, void> = {
  name: 'expert erase',
  operation: 'write',
  group: groups.experts,
  id: 5,
  repeatable: true,
  timeoutMs: slowMs,
  encode: ({ slot }) => ({ slot }),
  decode: () => undefined,
};
