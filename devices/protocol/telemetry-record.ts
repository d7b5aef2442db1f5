/** The telemetry record in its versions (PROTOCOL.md, Group 66). */
import { CurlewError } from '../../main/contract/error.ts';
import { crc32 } from './crc.ts';
import { startCauses, type StartCause } from './start-cause.ts';

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
  /**
   * Sound level of the window, its root mean square about its mean in decibels, 0 dB that of a sine of full scale; −200:
   * all samples alike. Null where the input was no sound, or of firmware from before.
   */
  levelDb: number | null;
  /** The level that 90 % of the window's frames of 10 ms exceed (L90), in the same decibels. */
  noiseFloorDb: number | null;
  /** Share of the window's samples at full scale, 0 to 1. */
  clippedShare: number | null;
  /** Why the board had started; null of firmware from before, which does not say so in its records. */
  startCause: StartCause | null;
  /** The largest image that its store could take. */
  freeFlashBytes: number | null;
  /** When it was kept, by the board's own clock, milliseconds since 1970; null where that was not set. */
  wallMs: number | null;
  /** Bit i: the bank's encoder i ran, the first being the router's; null of firmware from before. */
  stages: number | null;
  /** What a cascade decided by, 0 to 1; 0 without one. */
  score: number | null;
  /** Windows since the start that nobody answered, as the board was behind. */
  skippedWindows: number | null;
}

/** Of a record of the newest version. */
export const recordBytes = 100;
/** Of firmware that does not say it. */
export const firstRecordBytes = 72;
const newest = 5;
/** Length of a record of each version that is read; every version is the one before with more at its end. */
const lengths: Readonly<Record<number, number>> = {
  3: firstRecordBytes,
  4: 92,
  [newest]: recordBytes,
};
const windowSamples = 15_600;
/** An uptime has 56 bits; fewer are exact here, and 285,000 years are enough. */
export const mostUptimeMs = Number.MAX_SAFE_INTEGER;
const sources: FigureSource[] = ['none', 'measured', 'counted', 'modelled'];

/** Two bits each: where latency and energy come from. */
export const sourcesOf = (code: number): { latencySource: FigureSource; energySource: FigureSource } => ({
  latencySource: sources[code & 3] as FigureSource,
  energySource: sources[(code >> 2) & 3] as FigureSource,
});

/**
 * @param length of a record, as the board says it
 * @throws CurlewError BOARD_BAD_REPLY when the bytes are not whole records or a checksum fails; BOARD_FIRMWARE for
 *   records of a version that this lab does not know
 */
export function readRecords(bytes: Uint8Array, length: number): BoardRecord[] {
  if (length < firstRecordBytes || bytes.length % length !== 0)
    throw bad(`${bytes.length} bytes are not whole records of ${length}`);
  return Array.from({ length: bytes.length / length }, (_, i) =>
    readRecord(bytes.subarray(i * length, (i + 1) * length)),
  );
}

function readRecord(bytes: Uint8Array): BoardRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u32 = (at: number) => view.getUint32(at, true);
  const checksumAt = bytes.length - 4;
  if (crc32(bytes.subarray(0, checksumAt)) !== u32(checksumAt))
    throw bad('the checksum of a record does not match');
  const version = bytes[23] as number;
  if (lengths[version] === undefined) throw otherVersion(version);
  if (lengths[version] !== bytes.length)
    throw bad(`its records are ${bytes.length} bytes long, and their version (${version}) is not`);
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
    ...(version < 4 ? unknownBefore4 : sinceVersion4(view)),
    ...(version < 5 ? unknownBefore5 : sinceVersion5(view)),
  };
}

const unknownBefore4 = {
  levelDb: null,
  noiseFloorDb: null,
  clippedShare: null,
  startCause: null,
  freeFlashBytes: null,
  wallMs: null,
} as const;

type SinceVersion4 = Pick<BoardRecord, keyof typeof unknownBefore4>;

function sinceVersion4(view: DataView): SinceVersion4 {
  const decibels = (at: number): number | null => {
    const hundredths = view.getInt16(at, true);
    return hundredths === -32768 ? null : hundredths / 100;
  };
  const clipped = view.getUint16(72, true);
  const wallMs = view.getUint32(80, true) + view.getUint32(84, true) * 2 ** 32;
  return {
    levelDb: decibels(68),
    noiseFloorDb: decibels(70),
    clippedShare: clipped > windowSamples ? null : clipped / windowSamples,
    startCause: startCauses[view.getUint8(74)] ?? 'unknown',
    freeFlashBytes: view.getUint32(76, true),
    wallMs: wallMs === 0 ? null : wallMs,
  };
}

const unknownBefore5 = { stages: null, score: null, skippedWindows: null } as const;

const sinceVersion5 = (view: DataView): Pick<BoardRecord, keyof typeof unknownBefore5> => ({
  stages: view.getUint8(75),
  score: view.getFloat32(88, true),
  skippedWindows: view.getUint32(92, true),
});

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
    version < newest
      ? `The board's telemetry has records of version ${version}, which are older than this lab reads (3 to ${newest}): ` +
          'put the firmware that comes with the lab on the board.'
      : `The board's telemetry has records of version ${version}, which are newer than this lab reads (3 to ${newest}): ` +
          'use the lab that comes with the firmware.',
    { version },
  );

const bad = (why: string) =>
  new CurlewError('BOARD_BAD_REPLY', `The board's telemetry cannot be read: ${why}.`);
