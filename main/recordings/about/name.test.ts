import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeOfName } from './name.ts';

const shown = (path: string) => {
  const time = timeOfName(path);
  return time && [new Date(time.localMs).toISOString().slice(0, 23), time.offsetMinutes];
};

test.each([
  ['20260612_040000.WAV', '2026-06-12T04:00:00.000', null],
  ['20260612_040000T.WAV', '2026-06-12T04:00:00.000', null],
  ['24E144085F2569A0_20260612_235959.WAV', '2026-06-12T23:59:59.000', null],
  ['/card/5CF1A2B0.WAV', '2019-05-31T21:54:56.000', 0],
  ['S4A00001_20260612_040000.wav', '2026-06-12T04:00:00.000', null],
  ['SM301_0+1_20260612$040000.wav', '2026-06-12T04:00:00.000', null],
  ['SM4_20260612_040000_000.wav', '2026-06-12T04:00:00.000', null],
  ['SwiftOne_20260612_040000_-0430.wav', '2026-06-12T04:00:00.000', -270],
  ['20250101_20260612_040000.wav', '2026-06-12T04:00:00.000', null],
  ['S20260612T045930.123+1000_E20260612T050227.5+1000.flac', '2026-06-12T04:59:30.123', 600],
  ['2026-06-12T04:00:00Z.flac', '2026-06-12T04:00:00.000', 0],
  ['2026-06-12T04-00-00+02:00.flac', '2026-06-12T04:00:00.000', 120],
  ['site 2026-06-12 04.00.00.mp3', '2026-06-12T04:00:00.000', null],
  ['2026_06_12_04_00_00.ogg', '2026-06-12T04:00:00.000', null],
  ['20260612040000.wav', '2026-06-12T04:00:00.000', null],
  // The number of a part is no offset.
  ['20260612_040000-0001.wav', '2026-06-12T04:00:00.000', null],
])('%s begins %s', (name, local, offset) => {
  expect(shown(name)).toEqual([local, offset]);
});

test.each([
  'dawn.wav',
  '20260612.wav',
  '19700101_000000.WAV',
  '20260230_040000.wav',
  '20261312_040000.wav',
  '20260612_250000.wav',
  '20260612_046100.wav',
  '120260612_040000.wav',
  '20260612_0400001.wav',
  '00000000.WAV',
  'FFFFFFFF.WAV',
  '20260612_040000/night.wav',
])('%s tells no time', (name) => {
  expect(timeOfName(name)).toBeNull();
});

test('whatever a file is called, it tells a time between 1990 and 2100 or none', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789_-T.+Z'), maxLength: 40 });
  fc.assert(
    fc.property(fc.oneof(fc.string(), digits), (name) => {
      const time = timeOfName(`${name}.wav`);
      if (time === null) return;
      expect(time.localMs).toBeGreaterThanOrEqual(Date.UTC(1990));
      expect(time.localMs).toBeLessThan(Date.UTC(2100));
      expect(Math.abs(time.offsetMinutes ?? 0)).toBeLessThanOrEqual(960);
    }),
    { numRuns: 2_000 },
  );
});

test('every second that an AudioMoth may write comes back', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1990) / 1000, max: Date.UTC(2100) / 1000 - 1 }), (seconds) => {
      const text = new Date(seconds * 1000).toISOString().replaceAll(/[-:]/g, '');
      expect(timeOfName(`${text.slice(0, 8)}_${text.slice(9, 15)}.WAV`)?.localMs).toBe(seconds * 1000);
    }),
  );
});
