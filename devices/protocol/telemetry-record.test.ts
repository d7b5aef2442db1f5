import { expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { crc32 } from './crc.ts';
import { startCauses } from './start-cause.ts';
import { firstRecordBytes, readRecords, type BoardRecord } from './telemetry-record.ts';

/** Fields by their offset in PROTOCOL.md. */
function record(change: (view: DataView) => void = () => undefined, version: 3 | 4 | 5 = 5): Uint8Array {
  const length = { 3: 72, 4: 92, 5: 100 }[version];
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  [7, 123_456, 9].forEach((value, i) => view.setUint32(4 * i, value, true));
  bytes.set([0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4], 12);
  view.setInt16(20, -1, true);
  view.setUint8(22, 0b0111);
  view.setUint8(23, version);
  view.setFloat32(24, 0.5, true);
  view.setFloat32(28, 1.25, true);
  [21_000, 900, 150, 3000].forEach((value, i) => view.setUint32(32 + 4 * i, value, true));
  view.setUint32(48, 410_000, true);
  view.setUint16(52, 3300, true);
  view.setInt16(54, -1250, true);
  view.setUint32(56, 2048, true);
  view.setFloat32(60, 0.0625, true);
  view.setUint8(64, 3);
  if (version >= 4) {
    view.setInt16(68, -4321, true);
    view.setInt16(70, -7008, true);
    view.setUint16(72, 1560, true);
    view.setUint8(74, 6);
    view.setUint32(76, 1_802_240, true);
    view.setBigUint64(80, 1_795_836_323_500n, true);
  }
  if (version === 5) {
    view.setUint8(75, 0b101);
    view.setFloat32(88, 0.75, true);
    view.setUint32(92, 12, true);
  }
  change(view);
  view.setUint32(length - 4, crc32(bytes.subarray(0, length - 4)), true);
  return bytes;
}

const read = (bytes: Uint8Array, length = 100): BoardRecord[] => readRecords(bytes, length);

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof CurlewError ? error.code : String(error);
  }
  return 'accepted';
}

test('a record is read field by field', () => {
  expect(read(record())).toEqual([
    {
      sequence: 7,
      uptimeMs: 123_456,
      inferenceId: 9,
      expert: 'deadbeef01020304',
      classIndex: -1,
      topProbability: 0.5,
      entropy: 1.25,
      featuresUs: 21_000,
      encoderUs: 900,
      routerUs: 150,
      expertUs: 3000,
      energyNanojoule: 410_000,
      latencySource: 'modelled',
      energySource: 'measured',
      supplyMillivolts: 3300,
      temperatureC: -12.5,
      stackBytes: 2048,
      curiosity: 0.0625,
      place: 3,
      levelDb: -43.21,
      noiseFloorDb: -70.08,
      clippedShare: 0.1,
      startCause: 'brown-out',
      freeFlashBytes: 1_802_240,
      wallMs: 1_795_836_323_500,
      stages: 0b101,
      score: 0.75,
      skippedWindows: 12,
    },
  ]);
});

test('records of firmware from before are read, and what they lack is null', () => {
  expect(firstRecordBytes).toBe(72);
  const unknown = { stages: null, score: null, skippedWindows: null };
  const before = record(undefined, 4);
  expect(read(before, 92)).toEqual([{ ...read(record())[0]!, ...unknown }]);
  const old = record(undefined, 3);
  const { levelDb, noiseFloorDb, clippedShare, startCause, freeFlashBytes, wallMs, ...rest } = read(
    before,
    92,
  )[0]!;
  expect([levelDb, noiseFloorDb, clippedShare, startCause, freeFlashBytes, wallMs]).not.toContain(null);
  const none = { levelDb: null, noiseFloorDb: null, clippedShare: null, startCause: null };
  const expected = { ...rest, ...none, freeFlashBytes: null, wallMs: null };
  expect(read(Uint8Array.from([...old, ...old]), 72)).toEqual([expected, expected]);
});

test('the cause of a start is told by its number, and one that nobody knows is unknown', () => {
  const causes = Array.from(
    { length: 9 },
    (_, cause) => read(record((view) => view.setUint8(74, cause)))[0]?.startCause,
  );
  expect(causes).toEqual([...startCauses, 'unknown', 'unknown']);
});

test('what the board does not know is null', () => {
  const unknown = record((view) => {
    view.setUint16(52, 0, true);
    view.setInt16(54, -32_768, true);
    view.setUint32(56, 0, true);
    view.setInt16(68, -32_768, true);
    view.setInt16(70, -32_768, true);
    view.setUint16(72, 0xffff, true);
    view.setBigUint64(80, 0n, true);
  });
  expect(read(unknown)[0]).toMatchObject({
    supplyMillivolts: null,
    temperatureC: null,
    stackBytes: null,
    levelDb: null,
    noiseFloorDb: null,
    clippedShare: null,
    wallMs: null,
  });
});

test('an uptime past 2^32 milliseconds is read whole', () => {
  const days50 = 50 * 86_400_000;
  const late = record((view) => {
    view.setUint32(4, days50 % 2 ** 32, true);
    view.setUint32(64, 3 | (Math.floor(days50 / 2 ** 32) << 8), true);
  });
  expect(read(late)).toMatchObject([{ uptimeMs: days50, place: 3 }]);
});

test('a record of another version is told by its version', () => {
  for (const version of [1, 2, 6]) {
    const bytes = record((view) => view.setUint8(23, version));
    expect(code(() => read(bytes))).toBe('BOARD_FIRMWARE');
  }
});

test('a record with any byte altered, or cut, is refused', () => {
  for (let at = 0; at < 100; at++) {
    const altered = record();
    altered[at]! ^= 0x10;
    expect(
      code(() => read(altered)),
      `byte ${at}`,
    ).toBe('BOARD_BAD_REPLY');
  }
  expect(code(() => read(record().subarray(0, 99)))).toBe('BOARD_BAD_REPLY');
  expect(code(() => read(new Uint8Array(0), 4))).toBe('BOARD_BAD_REPLY');
});

test('a record whose length is not its version’s is refused', () => {
  const long = new Uint8Array(104);
  long.set(record());
  new DataView(long.buffer).setUint32(100, crc32(long.subarray(0, 100)), true);
  expect(code(() => read(long, 104))).toBe('BOARD_BAD_REPLY');
});
