import { groups, slowMs, type Command } from '../command.ts';
import { decodeBanks, type Banks } from './expert-list.ts';

/** Swaps the active bank and the previous one: twice is not once, so it is never repeated by itself. */
export const expertRollback: Command<void, Banks> = {
  name: 'expert rollback',
  operation: 'write',
  group: groups.experts,
  id: 6,
  repeatable: false,
  timeoutMs: slowMs,
  encode: () => ({}),
  decode: decodeBanks,
};
