/**
 * Sends a file, or an image for the boot loader. The offset in a device's answer says where it stands: an upload that was
 * broken off is taken up there, where the device still holds what was sent, and begins anew otherwise.
 */
import { createHash } from 'node:crypto';
import { CurlewError } from '../../../main/contract/error.ts';
import type { RequestOptions } from '../../protocol/client.ts';
import { frameLength } from '../../protocol/framing.ts';
import { fileHash } from '../../protocol/messages/file-hash.ts';
import { fileStatus } from '../../protocol/messages/file-status.ts';
import { fileUpload } from '../../protocol/messages/file-upload.ts';
import { imageUpload } from '../../protocol/messages/image-upload.ts';
import { Pacing } from '../../protocol/pacing.ts';
import { transfer, type TransferAnswer } from '../../protocol/transfer.ts';
import type { SmpDevice } from './smp-device.ts';

export type Destination = { kind: 'image' } | { kind: 'file'; name: string };

export interface UploadOptions {
  signal?: AbortSignal;
  /** Bytes that the device holds so far. */
  onProgress?(held: number): void;
}

export interface Uploaded {
  /** Bytes that the device held already. */
  resumedFrom: number;
  sha256: string;
}

/** A message's bytes beside its data: header, CBOR keys, offset, length, and of an image its hash. */
const overhead = { image: 96, file: 48 };

/** @throws CurlewError of the client; BOARD_BAD_REPLY where a file's hash is another one afterwards */
export async function upload(
  device: SmpDevice,
  to: Destination,
  data: Uint8Array,
  { signal, onProgress }: UploadOptions = {},
): Promise<Uploaded> {
  const sha256 = hashOf(data);
  const options: RequestOptions = signal ? { signal } : {};
  const from = to.kind === 'file' ? await heldOf(device, to.name, data, options) : 0;
  let resumedFrom = from;
  let answered = false;
  const send = async (offset: number, piece: Uint8Array, attempt: number): Promise<TransferAnswer> => {
    const asked = { ...options, retries: 0, attempt };
    if (to.kind === 'file') return sendOfFile(device, to.name, data.length, { offset, piece }, asked);
    const begins = { length: data.length, sha256 };
    const answer = await device.request(imageUpload, { offset, data: piece, begins }, asked);
    // What it says to the first piece beyond that piece, it held before.
    if (!answered && answer.wanted > piece.length) resumedFrom = answer.wanted;
    answered = true;
    return answer;
  };
  onProgress?.(from);
  await transfer({
    ...{ data, from, send },
    pace: paceOf(device, overhead[to.kind] + (to.kind === 'file' ? to.name.length : 0)),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  if (to.kind === 'file') await verify(device, to.name, data.length, sha256, options);
  return { resumedFrom, sha256: Buffer.from(sha256).toString('hex') };
}

/** A device that finds a piece misplaced refuses it, and tells where it stands only when it is asked. */
async function sendOfFile(
  device: SmpDevice,
  name: string,
  length: number,
  { offset, piece }: { offset: number; piece: Uint8Array },
  options: RequestOptions,
): Promise<TransferAnswer> {
  try {
    return await device.request(fileUpload, { name, offset, data: piece, length }, options);
  } catch (thrown) {
    const misplaced = thrown instanceof CurlewError && thrown.context['reason'] === 'bad_offset';
    if (!misplaced) throw thrown;
    return { wanted: (await device.ask(fileStatus, name, { ...options, retries: 2 })) ?? 0 };
  }
}

/** How much of the same file the device holds; 0 where it has none, another one, or cannot say. */
async function heldOf(
  device: SmpDevice,
  name: string,
  data: Uint8Array,
  options: RequestOptions,
): Promise<number> {
  const length = await device.ask(fileStatus, name, options);
  if (length === null || length === 0 || length >= data.length) return 0;
  const hash = await device.ask(fileHash, { name, length }, options);
  return hash && Buffer.from(hashOf(data.subarray(0, length))).equals(hash) ? length : 0;
}

async function verify(
  device: SmpDevice,
  name: string,
  length: number,
  sha256: Uint8Array,
  options: RequestOptions,
): Promise<void> {
  const hash = await device.ask(fileHash, { name, length }, options);
  if (hash === null || Buffer.from(sha256).equals(hash)) return;
  throw new CurlewError(
    'BOARD_BAD_REPLY',
    `The device at ${device.where} holds other bytes as “${name}” than it was sent. Send it once more.`,
    { name },
  );
}

function paceOf({ client }: SmpDevice, beside: number): Pacing {
  return new Pacing(() => ({
    largestPiece: Math.max(1, client.messageBytes - beside),
    largestWindow: client.outstanding,
    frameBytes: (piece) => frameLength(client.framing, piece + beside),
    bytesPerMs: client.bytesPerMs,
    roundTripMs: client.roundTrip.shortestMs,
  }));
}

const hashOf = (data: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(data).digest());
