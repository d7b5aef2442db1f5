/** A window that a board kept as one of its least certain (PROTOCOL.md, Group 68). */
import { CurlewError } from '../../main/contract/error.ts';
import { crc32 } from './crc.ts';
import { mostUptimeMs } from './telemetry-record.ts';

export interface UncertainHead {
  /** Of the board, until it has none left: boot and sequence number tell windows apart for good. */
  id: number;
  bootId: number;
  /** Of the telemetry record that was kept of it. */
  sequence: number;
  uptimeMs: number;
  /** By the board's own clock, milliseconds since 1970; null where that was not set. */
  wallMs: number | null;
  /** Nats. */
  entropy: number;
  /** 0 without a router. */
  curiosity: number;
  topProbability: number;
  classIndex: number;
  /** Place in the bank of the expert that answered. */
  place: number;
  /** First 8 bytes of the expert's SHA-256, hex. */
  expert: string;
  /** A log-mel value is offset + code / scale. */
  offset: number;
  scale: number;
  classes: number;
  /** The codes are those that the bank's encoder took in; else the experts took log-mel statistics. */
  ofEncoder: boolean;
  crc: number;
}

export interface UncertainWindow extends UncertainHead {
  /** One a class. */
  logits: Float32Array;
  /** 96 frames of 64 bands, one frame after the other. */
  codes: Int8Array;
  /** As the board keeps it. */
  bytes: Uint8Array;
}

export const uncertainFrames = 96;
export const uncertainBands = 64;
const headBytes = 128;
const mostClasses = 64;
const codesAt = headBytes + 4 * mostClasses;
/** Of a whole window. */
export const uncertainBytes = codesAt + uncertainFrames * uncertainBands;
const version = 1;
const crcAt = headBytes - 4;

/** @throws CurlewError BOARD_BAD_REPLY, BOARD_FIRMWARE */
export function readUncertainHeads(bytes: Uint8Array, length: number): UncertainHead[] {
  if (length < headBytes || bytes.length % length !== 0)
    throw bad(`${bytes.length} bytes are not whole headers of ${length}`);
  return Array.from({ length: bytes.length / length }, (_, i) =>
    readHead(bytes.subarray(i * length, (i + 1) * length)),
  );
}

/** @throws CurlewError BOARD_BAD_REPLY where it is damaged; BOARD_FIRMWARE */
export function readUncertain(bytes: Uint8Array): UncertainWindow {
  if (bytes.length !== uncertainBytes) throw bad(`one has ${bytes.length} bytes, not ${uncertainBytes}`);
  const head = readHead(bytes);
  const sealed = Uint8Array.from([...bytes.subarray(0, crcAt), ...bytes.subarray(headBytes)]);
  if (crc32(sealed) !== head.crc) throw bad('the checksum of one does not match');
  const view = viewOf(bytes);
  return {
    ...head,
    logits: Float32Array.from({ length: head.classes }, (_, i) => view.getFloat32(headBytes + 4 * i, true)),
    codes: Int8Array.from(bytes.subarray(codesAt), (byte) => (byte << 24) >> 24),
    bytes,
  };
}

/** What the front end gave, but for the rounding to codes: 96 frames of 64 bands. */
export const logMelOf = ({ codes, offset, scale }: UncertainWindow): Float32Array =>
  Float32Array.from(codes, (code) => offset + code / scale);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function readHead(bytes: Uint8Array): UncertainHead {
  const view = viewOf(bytes);
  const u32 = (at: number) => view.getUint32(at, true);
  const u64 = (at: number) => u32(at) + u32(at + 4) * 2 ** 32;
  if (u32(0) !== 0x57554c43) throw bad('one does not begin as such');
  if (bytes[47] !== version)
    throw new CurlewError(
      'BOARD_FIRMWARE',
      `The board keeps uncertain windows of version ${bytes[47]}, which is newer than this lab reads (${version}): ` +
        'use the lab that comes with the firmware.',
      { version: bytes[47] },
    );
  const head = {
    ...{ id: u32(4), bootId: u32(8), sequence: u32(12), uptimeMs: u64(16) },
    wallMs: u64(24) === 0 ? null : u64(24),
    ...{ entropy: view.getFloat32(32, true), curiosity: view.getFloat32(36, true) },
    ...{ topProbability: view.getFloat32(40, true), classIndex: view.getUint16(44, true) },
    place: view.getUint8(46),
    expert: Array.from(bytes.subarray(48, 56), (byte) => byte.toString(16).padStart(2, '0')).join(''),
    ...{ offset: view.getFloat32(56, true), scale: view.getFloat32(60, true) },
    ...{ classes: view.getUint16(64, true), ofEncoder: view.getUint8(66) === 1, crc: u32(crcAt) },
  };
  const { entropy, classes, classIndex, scale, offset, uptimeMs } = head;
  if (classes < 1 || classes > mostClasses || classIndex >= classes)
    throw bad(`one has ${classes} classes, and the class ${classIndex}`);
  if (!(scale > 0) || !Number.isFinite(scale) || !Number.isFinite(offset) || !(entropy >= 0))
    throw bad('one has numbers that are none');
  if (uptimeMs > mostUptimeMs) throw bad('one is later than any board');
  return head;
}

const bad = (why: string) =>
  new CurlewError('BOARD_BAD_REPLY', `The board's uncertain windows cannot be read: ${why}.`);
