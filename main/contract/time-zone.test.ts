import { expect, test } from 'vitest';
import { instantOf, offsetOf, timeZoneOf } from './time-zone.ts';

test.each([
  ['+02:00', 120],
  ['+0200', 120],
  ['-3', -180],
  ['−03:30', -210],
  ['UTC+5:45', 345],
  ['utc', 0],
  ['Z', 0],
  ['-00:00', 0],
])('“%s” is an offset of %i minutes', (text, minutes) => {
  expect(offsetOf(text)).toBe(minutes);
  expect(timeZoneOf(text)?.offsetAt(0)).toBe(minutes);
});

test.each(['', '+', '+99:00', '02:00', '+2:60', 'Europe/Berln', 'local', '+02:00:00'])(
  '“%s” is no time zone',
  (text) => {
    expect(timeZoneOf(text)).toBeNull();
  },
);

const berlin = timeZoneOf('Europe/Berlin')!;
const local = (text: string) => Date.parse(`${text}Z`);
const utc = (text: string) => new Date(instantOf(local(text), berlin).utcMs).toISOString().slice(0, 19);

test('local times become instants in winter and in summer', () => {
  expect(utc('2026-01-15T12:00:00')).toBe('2026-01-15T11:00:00');
  expect(utc('2026-07-15T12:00:00')).toBe('2026-07-15T10:00:00');
  expect(instantOf(local('2026-07-15T12:00:00'), berlin).offsetMinutes).toBe(120);
  expect(instantOf(local('2026-07-15T12:00:00'), timeZoneOf('Asia/Kathmandu')!).offsetMinutes).toBe(345);
});

test('a time that clocks showed twice is the first, one that they never showed is of before they were put forward', () => {
  expect(utc('2026-10-25T01:59:59')).toBe('2026-10-24T23:59:59');
  expect(utc('2026-10-25T02:30:00')).toBe('2026-10-25T00:30:00');
  expect(utc('2026-10-25T03:00:00')).toBe('2026-10-25T02:00:00');
  expect(utc('2026-03-29T01:59:59')).toBe('2026-03-29T00:59:59');
  expect(utc('2026-03-29T02:30:00')).toBe('2026-03-29T01:30:00');
  expect(instantOf(local('2026-03-29T02:30:00'), berlin).offsetMinutes).toBe(120);
  expect(utc('2026-03-29T03:00:00')).toBe('2026-03-29T01:00:00');
});

test('every hour of a year comes back from its instant, but for the two of the clocks’ changes', () => {
  let other = 0;
  for (let ms = local('2026-01-01T00:00:00'); ms < local('2027-01-01T00:00:00'); ms += 3_600_000) {
    const { utcMs, offsetMinutes } = instantOf(ms, berlin);
    if (utcMs + offsetMinutes * 60_000 !== ms) other++;
  }
  expect(other).toBe(1);
});
