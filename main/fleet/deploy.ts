/** Deploying an expert: upload beside the running one, verify by hash, then switch. */
import { createHash } from 'node:crypto';
import { CurlewError } from '../contract/error.ts';
import type { DeployResult } from '../contract/types.ts';
import { readImage } from '../../models/packing/read.ts';
import type { Session } from './session.ts';

export interface DeployOptions {
  activate: boolean;
  signal: AbortSignal;
  /** @param done bytes of `total` on the board; `detail` for a person */
  progress(fraction: number, detail: string): void;
}

/**
 * Until the board has verified the image the old expert keeps running, whatever happens.
 * @throws CurlewError IMAGE_BAD, IMAGE_HASH before anything is sent; those of the board and the port; ABORTED
 */
export async function deploy(
  session: Session,
  image: Uint8Array,
  options: DeployOptions,
): Promise<DeployResult> {
  readImage(image);
  const sha256 = createHash('sha256').update(image).digest();
  return session.exclusive(async (board) => {
    const { signal, progress } = options;
    const began = performance.now();
    const { slot } = await board.upload(image, sha256, {
      signal,
      onProgress: (sent, total) =>
        progress((0.96 * sent) / total, uploading(sent, total, performance.now() - began)),
    });
    const uploadMs = performance.now() - began;
    progress(0.96, 'verifying');
    const verified = await board.verify(slot, { signal });
    if (!sha256.equals(verified)) {
      throw new CurlewError(
        'IMAGE_HASH',
        'The board verified another image than the one that was sent; deploy again.',
      );
    }
    if (options.activate) {
      progress(0.98, 'activating');
      await board.activate(slot, { signal });
    }
    await session.refresh();
    const rate = session.lineBytesPerSecond;
    return {
      kind: 'deploy',
      boardId: session.state.id,
      slot,
      bytes: image.length,
      uploadMs,
      lineShare: rate === null ? null : image.length / (uploadMs / 1000) / rate,
      activated: options.activate,
    };
  }, options.signal);
}

const uploading = (sent: number, total: number, ms: number): string =>
  `uploading ${kilobytes(sent)} of ${kilobytes(total)} kB, ${kilobytes((1000 * sent) / Math.max(ms, 1))} kB/s`;

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0);
