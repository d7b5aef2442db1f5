/** Refuses, before a byte is sent, what a board's store has no room for. */
import { count } from '../contract/figures.ts';
import type { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import {
  answersFrom,
  planStore,
  type StoreShortage,
  type WantedImage,
} from '../../devices/drivers/curlew/store-room.ts';
import type { SlotState, SlotTable } from '../../devices/protocol/messages/expert-list.ts';
import { CurlewError } from '../contract/error.ts';

/**
 * @param boardName and what is deployed, for a person
 * @returns what the board holds now, and in which order and from which block on the images find room
 * @throws CurlewError BOARD_FULL with the bytes that are missing, and what to delete
 */
export async function needRoom(
  board: CurlewBoard,
  images: readonly WantedImage[],
  { boardName, what }: { boardName: string; what: string },
  signal: AbortSignal,
): Promise<{ table: SlotTable; order: readonly number[]; at: number | null }> {
  const table = await board.slots({ signal });
  const plan = planStore(table, images);
  if ('short' in plan) throw boardFull(table, plan.short, `${boardName} has no room for ${what}`);
  return { table, ...plan };
}

/** @param where the sentence's beginning: which board has no room, and for what */
export function boardFull(table: SlotTable, short: StoreShortage, where: string): CurlewError {
  return new CurlewError('BOARD_FULL', `${where}: ${missing(short, table)} ${advice(short, table)}`, {
    ...short,
    storeBytes: table.storeBytes,
  });
}

function missing(short: StoreShortage, { storeBytes, slotCount }: SlotTable): string {
  const { neededBytes, freeBytes, missingBytes, missingSlots, scattered } = short;
  const slots = `${missingSlots} of its ${slotCount} slots more would have to be free`;
  if (missingSlots > 0 && missingBytes === 0) return `${slots}.`;
  const needs = `It needs ${bytes(neededBytes)}, and ${bytes(freeBytes)} of ${bytes(storeBytes)} are free`;
  if (scattered) return `${needs}, but in pieces that are too short.`;
  return `${bytes(missingBytes)} are missing${missingSlots > 0 ? `, and ${slots}` : ''}. ${needs}.`;
}

function advice({ toEmpty }: StoreShortage, table: SlotTable): string {
  if (toEmpty === null) return 'It would not hold them were it empty: deploy fewer or smaller ones.';
  const named = (slots: readonly SlotState[]): string =>
    slots
      .map(({ slot, name, length }) => `${name || 'a part of an upload'} in slot ${slot} (${bytes(length)})`)
      .join(', ');
  const slots = toEmpty.map((slot) => table.slots.find((one) => one.slot === slot)!);
  const answering = slots.filter(({ slot }) => answersFrom(table, slot));
  if (answering.length === 0) return `Erase ${named(slots)}: then it fits.`;
  return `What answers now is in the way, and the rest is not enough: stop the board (“Stop” in its store, or “curlew board stop”), erase ${named(slots)}, and deploy again.`;
}

const bytes = (n: number): string => count(n, 'byte');
