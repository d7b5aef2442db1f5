/** Keeps what the images on a board are called, so that what they record can be named later on. */
import type { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { ExpertStore } from '../contract/types.ts';
import type { KnownImages } from '../store/known-images.ts';

/** @throws CurlewError of the board and of the store */
export async function noteImages(
  board: Pick<CurlewBoard, 'labels'>,
  store: ExpertStore,
  images: KnownImages,
  options: { signal: AbortSignal },
): Promise<void> {
  const there = store.slots.filter(({ state }) => state === 'verified');
  // The experts of a bank have the same classes; the board tells those of the active one.
  const active = there.filter(({ slot }) => store.active.includes(slot));
  const unknown = active.some(({ sha256 }) => !images.of(sha256)?.labels);
  const labels = unknown ? await board.labels(options) : null;
  await images.keep(
    there.flatMap((one) =>
      one.kind === null
        ? []
        : [
            {
              kind: one.kind,
              sha256: one.sha256,
              name: one.name,
              version: one.version,
              labels: active.includes(one) ? labels : null,
              topK: null,
            },
          ],
    ),
  );
}
