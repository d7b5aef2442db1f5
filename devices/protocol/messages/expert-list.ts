import { groups, quickMs, type Command } from '../command.ts';
import type { Fields } from '../fields.ts';

export interface SlotState {
  slot: number;
  /** Block of the store where it begins; 0 where the board does not tell (`layout` null). */
  first: number;
  state: 'partial' | 'verified';
  /** Length as announced (with a signature) and how much of it has arrived, bytes. */
  length: number;
  offset: number;
  /** The rest is known once the image is verified: empty, null, 0 or false before. */
  name: string;
  kind: 'expert' | 'router' | 'encoder' | null;
  /** Of the hidden layers' weights; of an encoder 8. */
  bits: number;
  ternary: 'no' | 'weights' | 'weights and activations';
  version: number;
  /** Carries a sound signature of the board's key. */
  signed: boolean;
  /** 32 bytes: of all bytes as announced. */
  sha256: Uint8Array;
}

/** Which slots answer, which did before, and how sure the board is of them. */
export interface Banks {
  /** In the router's order; empty for none. */
  active: number[];
  router: number | null;
  /** The slots of the encoders that they take their embeddings from; none for the log-mel's statistics. */
  encoders: number[];
  /** Where roll back leads; empty for nowhere. */
  previous: number[];
  trial: 'none' | 'trial' | 'fell_back';
}

export interface StoreLayout {
  blockBytes: number;
  /** Where a place for the next image is looked for; then from block 0 on. */
  nextBlock: number;
  /** Whether an upload may say where its place is looked for instead. */
  takesPlace: boolean;
}

export interface SlotTable extends Banks {
  /** Those that are not empty. */
  slots: SlotState[];
  /** Slots in all. */
  slotCount: number;
  storeBytes: number;
  /** The largest image that fits now. */
  freeBytes: number;
  /** An image takes a block for its header and whole ones for its bytes; null: firmware that does not tell. */
  layout: StoreLayout | null;
}

const kinds: SlotState['kind'][] = [null, 'expert', 'router', 'encoder'];
const ternary: SlotState['ternary'][] = ['no', 'weights', 'weights and activations'];
const trials = new Set(['none', 'trial', 'fell_back']);

const slotOrNone = (slot: number): number | null => (slot < 0 ? null : slot);

/** Firmware from before there were several, or any, says no more than it knows. */
function encodersOf(reply: Fields): number[] {
  if (reply.has('encoders')) return reply.numbers('encoders');
  return reply.has('encoder') ? [reply.number('encoder')].filter((slot) => slot >= 0) : [];
}

export function decodeBanks(reply: Fields): Banks {
  const trial = reply.text('trial');
  return {
    active: reply.numbers('active'),
    router: slotOrNone(reply.number('router')),
    encoders: encodersOf(reply),
    previous: reply.numbers('previous'),
    // A state that this lab does not know is one that it cannot vouch for.
    trial: trials.has(trial) ? (trial as Banks['trial']) : 'trial',
  };
}

export const expertList: Command<void, SlotTable> = {
  name: 'expert list',
  operation: 'read',
  group: groups.experts,
  id: 0,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) => ({
    ...decodeBanks(reply),
    slots: reply.maps('slots').map((slot) => ({
      slot: slot.number('slot'),
      first: slot.has('first') ? slot.number('first') : 0,
      state: slot.text('state') === 'verified' ? 'verified' : 'partial',
      length: slot.number('len'),
      offset: slot.number('off'),
      name: slot.label('name', 31),
      kind: kinds[slot.number('kind')] ?? null,
      bits: slot.number('bits'),
      ternary: ternary[slot.number('ternary')] ?? 'no',
      version: slot.number('version'),
      signed: slot.bool('signed'),
      sha256: slot.bytes('sha', 32),
    })),
    slotCount: reply.number('count'),
    storeBytes: reply.number('size'),
    freeBytes: reply.number('free'),
    layout: reply.has('block')
      ? { blockBytes: reply.number('block'), nextBlock: reply.number('next'), takesPlace: reply.has('at') }
      : null,
  }),
};
