/** What a board answers with, as it stands now: the images of its active bank by their names. */
import type { CurlewBoard } from '../../../devices/drivers/curlew/board.ts';
import type { RequestOptions } from '../../../devices/protocol/client.ts';
import type { PlayedBank, PlayedImage, Slot } from '../../contract/types.ts';
import type { KnownImages } from '../../store/known-images.ts';
import type { SignedImages } from '../../store/signed-images.ts';
import { expertStoreOf } from '../expert-store.ts';

export interface AnsweringBank {
  bank: PlayedBank;
  /** The experts' slots, in the bank's order: how answers name them. */
  slots: readonly number[];
  labels: readonly string[];
}

/** Null: nothing is active. @throws CurlewError of the board */
export async function bankOnBoard(
  board: Pick<CurlewBoard, 'slots' | 'labels'>,
  { signedImages, images }: { signedImages: SignedImages; images: KnownImages },
  options: RequestOptions,
): Promise<AnsweringBank | null> {
  const table = await board.slots(options);
  const store = expertStoreOf(table, signedImages);
  if (store.active.length === 0) return null;
  const imageAt = (slot: number | null): PlayedImage | null => {
    const found = slot === null ? undefined : store.slots.find((one) => one.slot === slot);
    return found ? imageOf(found) : null;
  };
  const router = imageAt(store.router);
  const known = router && images.of(router.sha256);
  return {
    bank: {
      router,
      topK: router ? (known?.topK ?? null) : 1,
      experts: store.active.map((slot) => imageAt(slot) ?? { name: `slot ${slot}`, version: 0, sha256: '' }),
      encoders: table.encoders.flatMap((slot) => imageAt(slot) ?? []),
    },
    slots: store.active,
    labels: await board.labels(options),
  };
}

const imageOf = ({ name, version, sha256 }: Slot): PlayedImage => ({ name, version, sha256 });
