/** The 72-byte telemetry record (PROTOCOL.md, Group 66). */
import { CurlewError } from '../../main/contract/error.ts';
import { crc32 } from './crc.ts';

export type FigureSource = 'none' | 'measured' | 'counted' | 'modelled';

export interface BoardRecord {
  sequence: number;
  /** When it was kept, by the board's clock since it started. */
  uptimeMs: number;
  inferenceId: number;
  /** First 8 bytes of the expert's SHA-256, hex. */
  expert: string;
  /** −1 for none. */
  classIndex: number;
  topProbability: number;
  entropy: number;
  featuresUs: number;
  encoderUs: number;
  routerUs: number;
  expertUs: number;
  energyNanojoule: number;
  latencySource: FigureSource;
  energySource: FigureSource;
  supplyMillivolts: number | null;
  temperatureC: number | null;
  stackBytes: number | null;
  /** How much the router's passes disagreed; 0 without a router. */
  curiosity: number;
  /** Place in the bank of the expert that answered. */
  place: number;
}

export const recordBytes = 72;
const recordVersion = 3;
/** An uptime has 56 bits; fewer are exact here, and 285,000 years are enough. */
export const mostUptimeMs = Number.MAX_SAFE_INTEGER;
const checksumAt = recordBytes - 4;
const sources: FigureSource[] = ['none', 'measured', 'counted', 'modelled'];

/** Two bits each: where latency and energy come from. */
export const sourcesOf = (code: number): { latencySource: FigureSource; energySource: FigureSource } => ({
  latencySource: sources[code & 3] as FigureSource,
  energySource: sources[(code >> 2) & 3] as FigureSource,
});

/**
 * @throws CurlewError BOARD_BAD_REPLY when the bytes are not whole records or a checksum fails; BOARD_FIRMWARE for
 *   records of another version
 */
export function readRecords(bytes: Uint8Array): BoardRecord[] {
  if (bytes.length % recordBytes !== 0)
    throw bad(`${bytes.length} bytes are not whole records of ${recordBytes}`);
  return Array.from({ length: bytes.length / recordBytes }, (_, i) =>
    readRecord(bytes.subarray(i * recordBytes, (i + 1) * recordBytes)),
  );
}

function readRecord(bytes: Uint8Array): BoardRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, recordBytes);
  const u32 = (at: number) => view.getUint32(at, true);
  if (crc32(bytes.subarray(0, checksumAt)) !== u32(checksumAt))
    throw bad('the checksum of a record does not match');
  const version = bytes[23] as number;
  if (version !== recordVersion) throw otherVersion(version);
  const millivolts = view.getUint16(52, true);
  const centiDegrees = view.getInt16(54, true);
  return {
    sequence: u32(0),
    uptimeMs: u32(4) + (u32(64) >>> 8) * 2 ** 32,
    inferenceId: u32(8),
    expert: Array.from(bytes.subarray(12, 20), (byte) => byte.toString(16).padStart(2, '0')).join(''),
    classIndex: view.getInt16(20, true),
    ...sourcesOf(bytes[22] as number),
    topProbability: view.getFloat32(24, true),
    entropy: view.getFloat32(28, true),
    featuresUs: u32(32),
    encoderUs: u32(36),
    routerUs: u32(40),
    expertUs: u32(44),
    energyNanojoule: u32(48),
    supplyMillivolts: millivolts === 0 ? null : millivolts,
    temperatureC: centiDegrees === -32768 ? null : centiDegrees / 100,
    stackBytes: u32(56) === 0 ? null : u32(56),
    curiosity: view.getFloat32(60, true),
    place: view.getUint8(64),
  };
}

/** @param firmware as the board names its version */
export const olderFirmware = (firmware: string): CurlewError =>
  new CurlewError(
    'BOARD_FIRMWARE',
    `The board's firmware (${firmware}) is older than this lab: put the firmware that comes with the lab on it.`,
    { firmware },
  );

const otherVersion = (version: number): CurlewError =>
  new CurlewError(
    'BOARD_FIRMWARE',
    version < recordVersion
      ? `The board's telemetry has records of version ${version}, which are older than this lab (${recordVersion}): ` +
          'put the firmware that comes with the lab on the board.'
      : `The board's telemetry has records of version ${version}, which are newer than this lab (${recordVersion}): ` +
          'use the lab that comes with the firmware.',
    { version },
  );

const bad = (why: string) =>
  new CurlewError('BOARD_BAD_REPLY', `The board's telemetry cannot be read: ${why}.`);
