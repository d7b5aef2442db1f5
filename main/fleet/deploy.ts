/** Deploying an expert, or a router with its experts: upload beside the running bank, verify, then switch. */
import { createHash } from 'node:crypto';
import type { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { CurlewError } from '../contract/error.ts';
import type { DeployResult } from '../contract/types.ts';
import type { SignedImages } from '../store/signed-images.ts';
import { bytesFor, type Deployment } from './deployment.ts';
import { needRoom } from './room.ts';
import type { Session } from './session.ts';

export interface DeployOptions {
  activate: boolean;
  signal: AbortSignal;
  progress(fraction: number, detail: string): void;
  /** Signs with a key of the lab; asked only for a board that has one. @throws CurlewError KEY_NOT_FOUND */
  sign(keyId: string, text: Uint8Array): Promise<Uint8Array>;
  /** Key for a board that has none yet. */
  signWith?: string | undefined;
  signedImages: SignedImages;
}

/**
 * Until the board has verified every image the old bank keeps running, whatever happens.
 * @throws CurlewError KEY_NOT_FOUND, BOARD_FULL before anything is sent; those of the board and the port; ABORTED
 */
export async function deploy(
  session: Session,
  { encoder, experts, router }: Deployment,
  options: DeployOptions,
): Promise<DeployResult> {
  const { signal, progress } = options;
  return session.exclusive(async (board) => {
    const { keyId } = session.state;
    if (keyId !== null && (options.signWith ?? keyId) !== keyId) {
      throw new CurlewError(
        'REQUEST_INVALID',
        `${session.state.name} takes only images signed with the key ${keyId}, not with ${options.signWith}. Deploy ` +
          'without naming a key, or replace the board’s key first.',
      );
    }
    const uploads = await Promise.all(
      [...(encoder ? [encoder] : []), ...experts, ...(router ? [router] : [])].map(async (one) => {
        const bytes = await bytesFor(one, session.state, options.sign, options.signWith);
        const sha256 = createHash('sha256').update(bytes).digest();
        await options.signedImages.keep(sha256.toString('hex'), one.sha256);
        return { name: one.name, bytes, sha256 };
      }),
    );
    await needRoom(
      board,
      uploads.map(({ bytes, sha256 }) => ({ length: bytes.length, sha256 })),
      { boardName: session.state.name, what: uploads.map(({ name }) => name).join(', ') },
      signal,
    );
    const total = uploads.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const began = performance.now();
    const slots: number[] = [];
    let before = 0;
    let sent = 0;
    for (const { name, bytes, sha256 } of uploads) {
      // where the board holds the image, or a part of it, only the rest is sent
      let held: number | null = null;
      const slot = await uploadOne(board, bytes, sha256, signal, (there) => {
        held ??= there;
        const rate = (1000 * (sent + there - held)) / Math.max(performance.now() - began, 1);
        const part = uploads.length > 1 ? `${name}: ` : '';
        progress(
          (0.96 * (before + there)) / total,
          there < bytes.length
            ? `${part}uploading ${kilobytes(before + there)} of ${kilobytes(total)} kB, ${kilobytes(rate)} kB/s`
            : `${part}verifying`,
        );
      });
      slots.push(slot);
      before += bytes.length;
      sent += bytes.length - (held ?? bytes.length);
    }
    const uploadMs = performance.now() - began;
    // named: the board may hold the same image unsigned, or signed with another key, too
    const encoderSlot = encoder ? (slots.shift() as number) : null;
    const routerSlot = router ? (slots.pop() as number) : null;
    if (options.activate) {
      progress(0.98, 'activating');
      await board.activate({ slots, router: routerSlot, encoder: encoderSlot }, { signal });
    }
    await session.refresh();
    const rate = session.lineBytesPerSecond;
    return {
      kind: 'deploy',
      boardId: session.state.id,
      slots,
      router: routerSlot,
      bytes: total,
      sent,
      uploadMs,
      lineShare: rate === null || sent === 0 ? null : sent / (uploadMs / 1000) / rate,
      activated: options.activate,
    };
  }, signal);
}

/**
 * Sends one image and lets the board verify it.
 * @returns its slot
 * @throws CurlewError IMAGE_HASH where the board verified another image; those of the board; ABORTED
 */
export async function uploadOne(
  board: CurlewBoard,
  bytes: Uint8Array,
  sha256: Buffer,
  signal: AbortSignal,
  onSent: (sent: number) => void = () => {},
): Promise<number> {
  const { slot } = await board.upload(bytes, sha256, { signal, onProgress: onSent });
  onSent(bytes.length);
  const verified = await board.verify(slot, { signal });
  if (sha256.equals(verified)) return slot;
  throw new CurlewError(
    'IMAGE_HASH',
    'The board verified another image than the one that was sent; deploy again.',
  );
}

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0);
