import { expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { crc32 } from './crc.ts';
import { readRecords, recordBytes } from './telemetry-record.ts';

/** Fields by their offset in PROTOCOL.md. */
function record(change: (view: DataView) => void = () => undefined): Uint8Array {
  const bytes = new Uint8Array(72);
  const view = new DataView(bytes.buffer);
  [7, 123_456, 9].forEach((value, i) => view.setUint32(4 * i, value, true));
  bytes.set([0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4], 12);
  view.setInt16(20, -1, true);
  view.setUint8(22, 0b0111);
  view.setUint8(23, 3);
  view.setFloat32(24, 0.5, true);
  view.setFloat32(28, 1.25, true);
  [21_000, 900, 150, 3000].forEach((value, i) => view.setUint32(32 + 4 * i, value, true));
  view.setUint32(48, 410_000, true);
  view.setUint16(52, 3300, true);
  view.setInt16(54, -1250, true);
  view.setUint32(56, 2048, true);
  view.setFloat32(60, 0.0625, true);
  view.setUint8(64, 3);
  change(view);
  view.setUint32(68, crc32(bytes.subarray(0, 68)), true);
  return bytes;
}

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof CurlewError ? error.code : String(error);
  }
  return 'accepted';
}

test('a record is read field by field', () => {
  expect(recordBytes).toBe(72);
  expect(readRecords(record())).toEqual([
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
    },
  ]);
});

test('what the board does not know is null', () => {
  const unknown = record((view) => {
    view.setUint16(52, 0, true);
    view.setInt16(54, -32_768, true);
    view.setUint32(56, 0, true);
  });
  expect(readRecords(unknown)[0]).toMatchObject({
    supplyMillivolts: null,
    temperatureC: null,
    stackBytes: null,
  });
});

test('an uptime past 2^32 milliseconds is read whole', () => {
  const days50 = 50 * 86_400_000;
  const late = record((view) => {
    view.setUint32(4, days50 % 2 ** 32, true);
    view.setUint32(64, 3 | (Math.floor(days50 / 2 ** 32) << 8), true);
  });
  expect(readRecords(late)).toMatchObject([{ uptimeMs: days50, place: 3 }]);
});

test('a record of another version is told by its version', () => {
  for (const version of [1, 2, 4]) {
    const bytes = record((view) => view.setUint8(23, version));
    expect(code(() => readRecords(bytes))).toBe('BOARD_FIRMWARE');
  }
});

test('a record with any byte altered, or cut, is refused', () => {
  for (let at = 0; at < recordBytes; at++) {
    const altered = record();
    altered[at]! ^= 0x10;
    expect(
      code(() => readRecords(altered)),
      `byte ${at}`,
    ).toBe('BOARD_BAD_REPLY');
  }
  expect(code(() => readRecords(record().subarray(0, 71)))).toBe('BOARD_BAD_REPLY');
});
