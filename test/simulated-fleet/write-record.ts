/** A board's side of the telemetry record, by the offsets of PROTOCOL.md, Group 66. */
import { crc32 } from '../../devices/protocol/crc.ts';
import { recordBytes } from '../../devices/protocol/telemetry-record.ts';

export interface SimulatedRecord {
  sequence: number;
  uptimeMs: number;
  classIndex: number;
  topProbability: number;
  entropy: number;
  curiosity: number;
  /** Microseconds of the encoder, and of the expert. */
  encoderUs: number;
  expertUs: number;
  energyNanojoule: number;
  /** Decibels against a sine of full scale. */
  levelDb: number;
  noiseFloorDb: number;
  /** Milliseconds since 1970; 0: the clock was not set. */
  wallMs: number;
}

const version = 5;
const modelled = 3;
const startedByPower = 1;

/** @param at where in `bytes` the record goes */
export function writeRecord(bytes: Uint8Array, at: number, record: SimulatedRecord): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, recordBytes);
  view.setUint32(0, record.sequence, true);
  view.setUint32(4, record.uptimeMs, true);
  view.setUint32(8, record.sequence, true);
  bytes.set([0x5e, 0xed, 0, 0, 0, 0, 0, 1], at + 12);
  view.setInt16(20, record.classIndex, true);
  view.setUint8(22, modelled | (modelled << 2));
  view.setUint8(23, version);
  view.setFloat32(24, record.topProbability, true);
  view.setFloat32(28, record.entropy, true);
  view.setUint32(36, record.encoderUs, true);
  view.setUint32(44, record.expertUs, true);
  view.setUint32(48, record.energyNanojoule, true);
  view.setUint16(52, 3300, true);
  view.setInt16(54, 1850, true);
  view.setUint32(56, 5392, true);
  view.setFloat32(60, record.curiosity, true);
  view.setInt16(68, Math.round(100 * record.levelDb), true);
  view.setInt16(70, Math.round(100 * record.noiseFloorDb), true);
  view.setUint8(74, startedByPower);
  view.setUint8(75, 1);
  view.setUint32(76, 1_802_240, true);
  view.setUint32(80, record.wallMs >>> 0, true);
  view.setUint32(84, Math.floor(record.wallMs / 2 ** 32), true);
  view.setUint32(recordBytes - 4, crc32(bytes.subarray(at, at + recordBytes - 4)), true);
}
