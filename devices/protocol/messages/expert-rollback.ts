import { groups, slowMs, type Command } from '../command.ts';
import { readActiveBank, type ActiveBank } from './expert-activate.ts';

/** Swaps the active bank and the previous one: twice is not once, so it is never repeated by itself. */
export const expertRollback: Command<void, ActiveBank> = {
  name: 'expert rollback',
  operation: 'write',
  group: groups.experts,
  id: 6,
  repeatable: false,
  timeoutMs: slowMs,
  encode: () => ({}),
  decode: readActiveBank,
};
