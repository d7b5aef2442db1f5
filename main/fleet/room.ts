/** Refuses, before a byte is sent, what a board's store has no room for. */
import { count } from '../contract/figures.ts';
import type { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import {
  answersFrom,
  storeShortage,
  type StoreShortage,
  type WantedImage,
} from '../../devices/drivers/curlew/store-room.ts';
import type { SlotState, SlotTable } from '../../devices/protocol/messages/expert-list.ts';
import { CurlewError } from '../contract/error.ts';

/**
 * @param boardName and what is deployed, for a person
 * @param images in the order in which they are sent
 * @returns what the board holds now
 * @throws CurlewError BOARD_FULL with the bytes that are missing
 */
export async function needRoom(
  board: CurlewBoard,
  images: readonly WantedImage[],
  { boardName, what }: { boardName: string; what: string },
  signal: AbortSignal,
): Promise<SlotTable> {
  const table = await board.slots({ signal });
  const short = storeShortage(table, images);
  if (short) throw boardFull(table, short, images, `${boardName} has no room for ${what}`);
  return table;
}

/** @param where the sentence's beginning: which board has no room, and for what */
export function boardFull(
  table: SlotTable,
  short: StoreShortage,
  images: readonly WantedImage[],
  where: string,
): CurlewError {
  const idle = table.slots.filter(({ slot, state, length, sha256 }) => {
    const wanted = images.some((one) => one.length === length && Buffer.from(sha256).equals(one.sha256));
    return state === 'verified' && !answersFrom(table, slot) && !wanted;
  });
  return new CurlewError('BOARD_FULL', `${where}: ${missing(short, table)} ${advice(short, table, idle)}`, {
    ...short,
    storeBytes: table.storeBytes,
  });
}

function missing(short: StoreShortage, { storeBytes, slotCount }: SlotTable): string {
  const { neededBytes, freeBytes, missingBytes, missingSlots, scattered } = short;
  const slots = `${missingSlots} of its ${slotCount} slots more would have to be free`;
  if (missingBytes === 0) return `${slots}.`;
  const needs = `It needs ${bytes(neededBytes)}, and ${bytes(freeBytes)} of ${bytes(storeBytes)} are free`;
  if (scattered) return `${bytes(missingBytes)} are missing in one piece. ${needs}, but scattered.`;
  return `${bytes(missingBytes)} are missing${missingSlots > 0 ? `, and ${slots}` : ''}. ${needs}.`;
}

function advice(
  { neededBytes }: StoreShortage,
  { storeBytes }: SlotTable,
  idle: readonly SlotState[],
): string {
  if (neededBytes > storeBytes) return 'It would not hold them were it empty: deploy fewer or smaller ones.';
  if (idle.length === 0)
    return 'All that lies there is in use: deploy one expert of it alone first, then erase the others.';
  const names = idle.map(({ slot, name, length }) => `${name} in slot ${slot} (${bytes(length)})`).join(', ');
  return `What does not answer now can be erased: ${names}.`;
}

const bytes = (n: number): string => count(n, 'byte');
