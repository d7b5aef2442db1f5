import { expect, test } from 'vitest';
import { dateTime } from '../../contract/figures.ts';
import { clockText, startsText } from './health-words.ts';

test('starts are told by those causes that there were', () => {
  const none = { unknown: 0, power: 0, request: 0, watchdog: 0, fault: 0, pin: 0, 'brown-out': 0 };
  expect(startsText({ starts: { ...none, power: 3, 'brown-out': 2 } })).toBe(
    'started 5 times: 3 by power, 2 by a brown-out',
  );
  expect(startsText({ starts: { ...none, power: 1 } })).toBe('started 1 time: 1 by power');
  expect(startsText({ starts: { moonlight: 2 } })).toBe('started 2 times: 2 moonlight');
  expect([startsText({ starts: none }), startsText({ starts: null })]).toEqual(['', '']);
});

test('a clock is right as far as can be told, or behind, or ahead', () => {
  const setMs = Date.UTC(2026, 10, 28, 12);
  const text = (behindMs: number) => clockText({ clock: { setMs, behindMs, errorMs: 6 } });
  expect(text(5)).toBe(`clock right, set ${dateTime(setMs)}`);
  expect([text(2300), text(-120)].map((one) => one.split(',')[0])).toEqual([
    'clock 2.3 s behind',
    'clock 120 ms ahead',
  ]);
  expect(clockText({ clock: null })).toBe('');
});
