import { groups, quickMs, type Command } from '../command.ts';

export interface SlotState {
  slot: number;
  state: 'empty' | 'partial' | 'verified';
  /** Length of the image and how much of it has arrived, bytes. */
  length: number;
  offset: number;
  name: string;
  bits: number;
  classes: number;
  /** 32 bytes: what `begin` announced. */
  sha256: Uint8Array;
}

export interface SlotTable {
  slots: SlotState[];
  /** −1 for none. */
  active: number;
  previous: number;
  slotBytes: number;
}

const states = new Set(['empty', 'partial', 'verified']);

export const expertList: Command<void, SlotTable> = {
  name: 'expert list',
  operation: 'read',
  group: groups.experts,
  id: 0,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) => ({
    slots: reply.maps('slots').map((slot) => ({
      slot: slot.number('slot'),
      state: states.has(slot.text('state')) ? (slot.text('state') as SlotState['state']) : 'partial',
      length: slot.number('len'),
      offset: slot.number('off'),
      name: slot.text('name'),
      bits: slot.number('bits'),
      classes: slot.number('classes'),
      sha256: slot.bytes('sha', 32),
    })),
    active: reply.number('active'),
    previous: reply.number('previous'),
    slotBytes: reply.number('size'),
  }),
};
