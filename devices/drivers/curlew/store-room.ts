/** Whether images find room in a board's store: what devices/firmware/core/storage/ will do, before anything is sent. */
import type { SlotTable } from '../../protocol/messages/expert-list.ts';

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
  /** What more must be free; 0 where slots alone are missing. */
  readonly missingBytes: number;
  readonly missingSlots: number;
  /** Enough is free, but in pieces, of which the longest is too short by `missingBytes`. */
  readonly scattered: boolean;
}

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
  readonly verified: boolean;
}

/**
 * @param wanted in the order in which they will be sent
 * @returns null where all find room (an image that is there already takes none), or where the board's firmware does not
 *   tell where its images lie
 */
export function storeShortage(
  { layout, slots, slotCount, storeBytes }: SlotTable,
  wanted: readonly WantedImage[],
): StoreShortage | null {
  if (layout === null) return null;
  const { blockBytes } = layout;
  const all = storeBytes / blockBytes;
  const blocksOf = (bytes: number): number => 1 + Math.ceil(bytes / blockBytes);
  const before: Held[] = slots.map((slot) => ({
    ...{ first: slot.first, length: slot.length, sha256: slot.sha256 },
    blocks: blocksOf(slot.length),
    verified: slot.state === 'verified',
  }));

  let held = before;
  let next = layout.nextBlock;
  for (const image of wanted) {
    if (held.some((one) => isSame(one, image))) continue;
    const blocks = blocksOf(image.length);
    const find = (): number | null => (held.length < slotCount ? place(gaps(held, all), next, blocks) : null);
    let first = find();
    if (first === null) {
      held = held.filter(({ verified }) => verified);
      first = find();
    }
    if (first === null)
      return shortage(before, wanted, { all, slotCount, blockBytes, blocksOf }, held, blocks);
    held = [...held, { ...image, first, blocks, verified: true }];
    next = first + blocks;
  }
  return null;
}

/** @param held when the image of so many blocks found no place */
function shortage(
  before: readonly Held[],
  wanted: readonly WantedImage[],
  store: { all: number; slotCount: number; blockBytes: number; blocksOf(bytes: number): number },
  held: readonly Held[],
  blocks: number,
): StoreShortage {
  const staying = before.filter((one) => one.verified || wanted.some((image) => isSame(one, image)));
  const fresh = wanted.filter((image) => !staying.some((one) => isSame(one, image)));
  const needed = fresh.reduce((sum, { length }) => sum + store.blocksOf(length), 0);
  const free = store.all - staying.reduce((sum, one) => sum + one.blocks, 0);
  const missingSlots = Math.max(0, staying.length + fresh.length - store.slotCount);
  const scattered = needed <= free && missingSlots === 0;
  const longest = Math.max(0, ...gaps(held, store.all).map((gap) => gap.blocks));
  const missing = scattered ? blocks - longest : Math.max(0, needed - free);
  return {
    neededBytes: needed * store.blockBytes,
    freeBytes: free * store.blockBytes,
    missingBytes: missing * store.blockBytes,
    missingSlots,
    scattered,
  };
}

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
function place(free: readonly Extent[], next: number, blocks: number): number | null {
  for (const { first, blocks: there } of free) {
    const from = Math.max(first, next);
    if (first + there - from >= blocks) return from;
  }
  return free.find((gap) => gap.blocks >= blocks)?.first ?? null;
}
