import { groups, slowMs, type Command } from '../command.ts';
import { decodeBanks, type Banks } from './expert-list.ts';

/** The trial is over: the active bank stays. */
export const expertConfirm: Command<void, Banks> = {
  name: 'expert confirm',
  operation: 'write',
  group: groups.experts,
  id: 8,
  repeatable: true,
  timeoutMs: slowMs,
  encode: () => ({}),
  decode: decodeBanks,
};
