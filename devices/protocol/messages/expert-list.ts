import { groups, quickMs, type Command } from '../command.ts';
import { readActiveBank, type ActiveBank } from './expert-activate.ts';

export interface SlotState {
  slot: number;
  state: 'partial' | 'verified';
  /** Length of the image and how much of it has arrived, bytes. */
  length: number;
  offset: number;
  /** The next four from the image's header; empty and 0 until it is verified. */
  name: string;
  kind: 'expert' | 'router' | 'unknown';
  bits: number;
  version: number;
  /** Carries a sound signature of the board's key. */
  signed: boolean;
  /** 32 bytes: what `begin` announced. */
  sha256: Uint8Array;
}

export interface SlotTable extends ActiveBank {
  /** Those that are not empty. */
  slots: SlotState[];
  /** Slots in all. */
  slotCount: number;
  storeBytes: number;
  /** The largest image that fits now. */
  freeBytes: number;
}

const kinds: Record<number, SlotState['kind']> = { 1: 'expert', 2: 'router' };

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
      state: slot.text('state') === 'verified' ? 'verified' : 'partial',
      length: slot.number('len'),
      offset: slot.number('off'),
      name: slot.text('name'),
      kind: kinds[slot.number('kind')] ?? 'unknown',
      bits: slot.number('bits'),
      version: slot.number('version'),
      signed: slot.bool('signed'),
      sha256: slot.bytes('sha', 32),
    })),
    ...readActiveBank(reply),
    slotCount: reply.number('count'),
    storeBytes: reply.number('size'),
    freeBytes: reply.number('free'),
  }),
};
