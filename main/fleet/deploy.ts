/** Deploying an expert, or a router with its experts: upload beside the running bank, verify, then switch. */
import { bytes, inOne } from '../contract/figures.ts';
import { createHash } from 'node:crypto';
import type { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { CurlewError } from '../contract/error.ts';
import type { DeployResult } from '../contract/types.ts';
import type { SignedImages } from '../store/signed-images.ts';
import { bytesFor, imagesOf, type Deployment } from './deployment.ts';
import { needRoom } from './room.ts';
import type { Session } from './session.ts';
import { heldOf, TransferAccount } from './transfer-account.ts';

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
  deployment: Deployment,
  options: DeployOptions,
): Promise<DeployResult> {
  const { signal, progress } = options;
  const { encoders, experts, router } = deployment;
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
      imagesOf(deployment).map(async (one) => {
        const bytes = await bytesFor(one, session.state, options.sign, options.signWith);
        const sha256 = createHash('sha256').update(bytes).digest();
        await options.signedImages.keep(sha256.toString('hex'), one.sha256);
        return { name: one.name, bytes, sha256 };
      }),
    );
    const { table, order, at } = await needRoom(
      board,
      uploads.map(({ bytes, sha256 }) => ({ length: bytes.length, sha256 })),
      { boardName: session.state.name, what: uploads.map(({ name }) => name).join(', ') },
      signal,
    );
    const account = new TransferAccount(
      uploads.map(({ bytes, sha256 }) => [bytes.length, heldOf(table, sha256)]),
    );
    const slots: number[] = [];
    for (const index of order) {
      const { name, bytes: image, sha256 } = uploads[index]!;
      const part = uploads.length > 1 ? `${name}: ` : '';
      const slot = await uploadOne(board, image, sha256, { signal, at }, (there) => {
        account.told(index, there, performance.now());
        const { sent, toSend, sendMs } = account;
        const rate = (1000 * sent) / Math.max(sendMs, 1);
        progress(
          0.96 * account.share,
          there < image.length
            ? `${part}uploading ${inOne(bytes(sent))} of ${inOne(bytes(toSend))}, ${inOne(bytes(rate))}/s`
            : `${part}verifying`,
        );
      });
      slots[index] = slot;
    }
    const encoderSlots = slots.splice(0, encoders.length);
    const named = (router ?? experts[0]!).encoderHash;
    const firstEncoder = encoderSlots[encoders.findIndex(({ sha256 }) => sha256 === named)] ?? null;
    const routerSlot = router ? (slots.pop() as number) : null;
    if (options.activate) {
      progress(0.98, 'activating');
      // named: the board may hold the same image unsigned, or signed with another key, too
      await board.activate({ slots, router: routerSlot, encoder: firstEncoder }, { signal });
    }
    await session.refresh();
    const rate = session.lineBytesPerSecond;
    const { sent, sendMs } = account;
    return {
      kind: 'deploy',
      boardId: session.state.id,
      slots,
      router: routerSlot,
      bytes: account.bytes,
      sent,
      uploadMs: sendMs,
      lineShare: rate === null || sent === 0 ? null : sent / (Math.max(sendMs, 1) / 1000) / rate,
      activated: options.activate,
    };
  }, signal);
}

/**
 * Sends one image and lets the board verify it.
 * @param at block of the store from which it looks for a place; null: the board's own
 * @returns its slot
 * @throws CurlewError IMAGE_HASH where the board verified another image; those of the board; ABORTED
 */
export async function uploadOne(
  board: CurlewBoard,
  bytes: Uint8Array,
  sha256: Buffer,
  { signal, at = null }: { signal: AbortSignal; at?: number | null },
  onSent: (sent: number) => void = () => {},
): Promise<number> {
  const { slot } = await board.upload(bytes, sha256, { signal, at, onProgress: onSent });
  onSent(bytes.length);
  const verified = await board.verify(slot, { signal });
  if (sha256.equals(verified)) return slot;
  throw new CurlewError(
    'IMAGE_HASH',
    'The board verified another image than the one that was sent; deploy again.',
  );
}
