/** Whether images find room in a board's store: what devices/firmware/core/storage/ will do, before anything is sent. */
import type { SlotTable } from '../../protocol/messages/expert-list.ts';
import { packed, type Bin } from './pack-bins.ts';

export interface WantedImage {
  /** Bytes as they are sent, a signature included. */
  readonly length: number;
  /** Of those bytes, 32 bytes. */
  readonly sha256: Uint8Array;
}

/** Why they do not; bytes are those of whole blocks, each image's header block included. */
export interface StoreShortage {
  /** For the images that the board does not hold yet. */
  readonly neededBytes: number;
  /** In all, partial uploads of other images counted as free: the board drops them. */
  readonly freeBytes: number;
  /** What more must be free; 0 where slots alone are missing, or the free pieces are too short. */
  readonly missingBytes: number;
  readonly missingSlots: number;
  /** Enough is free, but in pieces that hold the images in no order. */
  readonly scattered: boolean;
  /**
   * Slots that make room where they are emptied: as few as can be, of these the smallest; those of images that answer
   * now only where all others do not suffice. Null: the store would not hold the images were it empty.
   */
  readonly toEmpty: readonly number[] | null;
}

/**
 * The order in which images must be sent, as places in the list of those that are wanted, and the block from which each
 * looks for its place (null: the board's own); or why there is none.
 */
export type StorePlan =
  { readonly order: readonly number[]; readonly at: number | null } | { readonly short: StoreShortage };

/** Whether what answers now needs the slot: the active bank, its router, its encoders. */
export const answersFrom = (
  { active, router, encoders }: Pick<SlotTable, 'active' | 'router' | 'encoders'>,
  slot: number,
): boolean => active.includes(slot) || router === slot || encoders.includes(slot);

/** Blocks of the store, from 0. */
interface Extent {
  readonly first: number;
  readonly blocks: number;
}

interface Held extends Extent, WantedImage {
  readonly slot: number;
  readonly verified: boolean;
}

interface Room {
  readonly all: number;
  readonly slotCount: number;
  /** Null: a place is looked for from block 0 on, each time. */
  readonly next: number | null;
  readonly blocksOf: (bytes: number) => number;
}

/**
 * An image that is there already takes no room, and an order is found wherever one fits. Of firmware that does not tell
 * where its images lie nothing is foretold: their order stays.
 */
export function planStore(table: SlotTable, wanted: readonly WantedImage[]): StorePlan {
  const { layout, slots, slotCount, storeBytes } = table;
  const asGiven = wanted.map((_, place) => place);
  if (layout === null) return { order: asGiven, at: null };
  const { blockBytes } = layout;
  const room: Room = {
    ...{ all: storeBytes / blockBytes, slotCount, next: layout.nextBlock },
    blocksOf: (bytes) => 1 + Math.ceil(bytes / blockBytes),
  };
  const held: Held[] = slots.map(({ slot, first, length, sha256, state }) => ({
    ...{ slot, first, length, sha256, blocks: room.blocksOf(length) },
    verified: state === 'verified',
  }));
  // The board's own places spread wear: others only where there is no other way.
  const dense: Room = { ...room, next: null };
  for (const one of layout.takesPlace ? [room, dense] : [room]) {
    const order = fits(one, held, wanted, asGiven) ? asGiven : orderOf(one, held, wanted);
    if (order) return { order, at: one === dense ? 0 : null };
  }
  const sparest = layout.takesPlace ? dense : room;
  return { short: shortage(sparest, blockBytes, table, held, wanted) };
}

/** Whether the firmware takes them all in this order. */
function fits(
  room: Room,
  before: readonly Held[],
  wanted: readonly WantedImage[],
  order: readonly number[],
): boolean {
  let held = before;
  let { next } = room;
  for (const image of order.map((place) => wanted[place]!)) {
    if (held.some((one) => isSame(one, image))) continue;
    const blocks = room.blocksOf(image.length);
    const find = (): number | null =>
      held.length < room.slotCount ? placeOf(gaps(held, room.all), next ?? 0, blocks) : null;
    let first = find();
    if (first === null) {
      // Partial uploads of others make way.
      held = held.filter(({ verified }) => verified);
      first = find();
    }
    if (first === null) return false;
    held = [...held, { ...image, slot: -1, first, blocks, verified: true }];
    if (next !== null) next = first + blocks;
  }
  return true;
}

/**
 * Stretches are filled one after another as the firmware comes by them, so that each image lies in the one that it is
 * meant for, or in one before it. Null: no order fits.
 */
function orderOf(room: Room, held: readonly Held[], wanted: readonly WantedImage[]): number[] | null {
  const unique = wanted.flatMap((image, place) =>
    wanted.findIndex((one) => isSame(one, image)) === place ? [place] : [],
  );
  const there = unique.filter((place) => held.some((one) => isSame(one, wanted[place]!)));
  const fresh = unique.filter((place) => !there.includes(place));
  // What the board holds partly goes on first, lest it be dropped.
  const twice = wanted.flatMap((_, place) => (unique.includes(place) ? [] : [place]));
  for (const staying of [
    held,
    held.filter((one) => one.verified || wanted.some((image) => isSame(one, image))),
  ]) {
    if (staying.length + fresh.length > room.slotCount) continue;
    const bins = binsOf(gaps(staying, room.all), room.next ?? 0);
    const filled = packed(
      bins,
      fresh.map((place) => ({ place, size: room.blocksOf(wanted[place]!.length) })),
    );
    const order = filled && [...there, ...filled, ...twice];
    if (order && fits(room, held, wanted, order)) return order;
  }
  return null;
}

/** Free stretches in the order in which the firmware comes by them: the one that it begins within is two. */
function binsOf(free: readonly Extent[], next: number): Bin[] {
  const behind = free.flatMap(({ first, blocks }) =>
    first + blocks > next ? [{ size: first + blocks - Math.max(first, next) }] : [],
  );
  const before = free.flatMap(({ first, blocks }) =>
    first < next ? [{ size: Math.min(first + blocks, next) - first }] : [],
  );
  return [...behind, ...before];
}

function shortage(
  room: Room,
  blockBytes: number,
  table: SlotTable,
  held: readonly Held[],
  wanted: readonly WantedImage[],
): StoreShortage {
  const isWanted = (one: Held): boolean => wanted.some((image) => isSame(one, image));
  const staying = held.filter((one) => one.verified || isWanted(one));
  const fresh = wanted.filter((image) => !staying.some((one) => isSame(one, image)));
  const needed = fresh.reduce((sum, { length }) => sum + room.blocksOf(length), 0);
  const free = room.all - staying.reduce((sum, { blocks }) => sum + blocks, 0);
  const missingSlots = Math.max(0, staying.length + fresh.length - room.slotCount);
  return {
    neededBytes: needed * blockBytes,
    freeBytes: free * blockBytes,
    missingBytes: Math.max(0, needed - free) * blockBytes,
    missingSlots,
    scattered: needed <= free && missingSlots === 0,
    toEmpty: toEmpty(room, table, held, wanted),
  };
}

function toEmpty(
  room: Room,
  table: SlotTable,
  held: readonly Held[],
  wanted: readonly WantedImage[],
): readonly number[] | null {
  const answers = (slots: readonly Held[]): number =>
    slots.filter(({ slot }) => answersFrom(table, slot)).length;
  const blocks = (slots: readonly Held[]): number => slots.reduce((sum, one) => sum + one.blocks, 0);
  const sets = subsets(held).sort(
    (a, b) => Number(answers(a) > 0) - Number(answers(b) > 0) || a.length - b.length || blocks(a) - blocks(b),
  );
  const found = sets.find((set) => {
    const staying = held.filter((one) => !set.includes(one));
    // What is wanted and emptied is sent again.
    return orderOf(room, staying, wanted) !== null;
  });
  return found ? found.map(({ slot }) => slot) : null;
}

/** A store has a dozen slots at most: all of its sets can be looked at. */
const subsets = (held: readonly Held[]): Held[][] =>
  held.reduce<Held[][]>((sets, one) => [...sets, ...sets.map((set) => [...set, one])], [[]]);

const isSame = (a: WantedImage, b: WantedImage): boolean =>
  a.length === b.length && a.sha256.every((byte, i) => byte === b.sha256[i]);

function gaps(taken: readonly Extent[], all: number): Extent[] {
  const found: Extent[] = [];
  let from = 0;
  for (const { first, blocks } of [...taken].sort((a, b) => a.first - b.first)) {
    if (first > from) found.push({ first: from, blocks: first - from });
    from = Math.max(from, first + blocks);
  }
  if (all > from) found.push({ first: from, blocks: all - from });
  return found;
}

/** The first that is long enough from `next` on, else from the store's beginning. */
function placeOf(free: readonly Extent[], next: number, blocks: number): number | null {
  for (const { first, blocks: there } of free) {
    const from = Math.max(first, next);
    if (first + there - from >= blocks) return from;
  }
  return free.find((gap) => gap.blocks >= blocks)?.first ?? null;
}
