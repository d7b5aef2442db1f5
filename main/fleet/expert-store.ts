/** A board's slot table as people see it. */
import { answersFrom } from '../../devices/drivers/curlew/store-room.ts';
import type { SlotTable } from '../../devices/protocol/messages/expert-list.ts';
import type { ExpertStore } from '../contract/types.ts';
import type { SignedImages } from '../store/signed-images.ts';

export function expertStoreOf(table: SlotTable, signed: SignedImages): ExpertStore {
  const { active, router, previous, trial } = table;
  return {
    slots: table.slots.map((one) => ({
      ...one,
      ternary: one.ternary !== 'no',
      sha256: signed.imageOf(Buffer.from(one.sha256).toString('hex')),
      active: answersFrom(table, one.slot),
      previous: previous.includes(one.slot),
    })),
    slotCount: table.slotCount,
    bytes: table.storeBytes,
    freeBytes: table.freeBytes,
    active,
    router,
    previous,
    trial,
  };
}
