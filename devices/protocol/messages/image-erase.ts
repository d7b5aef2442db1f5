import { groups, slowMs, type Command } from '../command.ts';

/** Erases the slot that uploads go to. */
export const imageErase: Command<void, void> = {
  name: 'image erase',
  operation: 'write',
  group: groups.image,
  id: 5,
  repeatable: true,
  timeoutMs: 3 * slowMs,
  encode: () => ({}),
  decode: () => undefined,
};
