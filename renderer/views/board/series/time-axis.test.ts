import { expect, it } from 'vitest';
import { tickTexts } from './time-axis.ts';

/** The person's own time. */
const at = (...parts: [number, number, number, number?, number?, number?]) => new Date(...parts).getTime();

it('says the date once, and where the day is another', () => {
  const splits = [
    at(2026, 10, 27, 23),
    at(2026, 10, 27, 23, 30),
    at(2026, 10, 28, 0),
    at(2026, 10, 28, 0, 30),
  ];
  expect(tickTexts(splits, 1_800_000)).toEqual(['23:00\n2026-11-27', '23:30', '00:00\n2026-11-28', '00:30']);
});

it('tells seconds only where ticks are less than a minute apart', () => {
  const splits = [at(2026, 10, 27, 9, 0, 10), at(2026, 10, 27, 9, 0, 20)];
  expect(tickTexts(splits, 10_000)).toEqual(['09:00:10\n2026-11-27', '09:00:20']);
});

it('tells days alone where ticks are days apart, and the year where it is another', () => {
  const splits = [at(2025, 10, 1), at(2025, 11, 1), at(2026, 0, 1), at(2026, 1, 1)];
  expect(tickTexts(splits, 30 * 86_400_000)).toEqual(['2025-11-01', '12-01', '2026-01-01', '02-01']);
});
