import { describe, expect, it } from 'vitest';
import {
  count,
  dateTime,
  day,
  grouped,
  dateForName,
  meantBySingle,
  span,
  timeLeft,
  timeOfDay,
  utcDay,
} from './figures.ts';

describe('figures in words', () => {
  it('stand in one form: thousands apart, one of a thing in the singular', () => {
    expect([999, 1000, 13_110, 1_500_000].map(grouped)).toEqual(['999', '1,000', '13,110', '1,500,000']);
    expect([0, 1, 2, 1024].map((n) => count(n, 'window'))).toEqual([
      '0 windows',
      '1 window',
      '2 windows',
      '1,024 windows',
    ]);
    expect([1, 3].map((n) => count(n, 'class', 'classes'))).toEqual(['1 class', '3 classes']);
  });

  it('tell lengths of time in the two units that fit', () => {
    const ms = [340, 9_000, 9_940, 9_960, 59_400, 61_000, 120_000, 7_500_000, 172_800_000, 90 * 3_600_000];
    expect(ms.map(span)).toEqual([
      '0.3 s',
      '9 s',
      '9.9 s',
      '10 s',
      '59 s',
      '1 min 1 s',
      '2 min',
      '2 h 5 min',
      '2 days',
      '3 days 18 h',
    ]);
  });

  it('tell what is left no finer than it can be known', () => {
    expect([0, 4_999, 12_000, 54_000, 58_000, 200_000, 4_000_000].map(timeLeft)).toEqual([
      'a few seconds left',
      'a few seconds left',
      'about 10 s left',
      'about 55 s left',
      'about 1 min left',
      'about 3 min left',
      'about 1 h 5 min left',
    ]);
  });

  it('come back from binary32 as they were meant', () => {
    const meant = [52.1, -13.37, 0.6, 0.1, 1.7, 179.9999, 0, 60, 1e-7, 123_456.7, -0.333];
    expect(meant.map((value) => meantBySingle(Math.fround(value)))).toEqual(meant);
    expect([NaN, Infinity, 2 ** 24 - 1].map(meantBySingle)).toEqual([NaN, Infinity, 2 ** 24 - 1]);
  });

  it('never stand for another binary32 than the one that was given', () => {
    const bits = new Uint32Array(1);
    const single = new Float32Array(bits.buffer);
    for (let i = 0; i < 20_000; i++) {
      bits[0] = Math.imul(i, 2_654_435_761) >>> 0;
      const value = single[0]!;
      if (Number.isFinite(value)) expect(Math.fround(meantBySingle(value))).toBe(value);
    }
  });

  it('write dates as ISO 8601, a person’s in the person’s own time, a file’s in UTC', () => {
    const ms = new Date(2026, 10, 7, 4, 3, 5).getTime();
    expect([day(ms), timeOfDay(ms), dateTime(ms)]).toEqual(['2026-11-07', '04:03:05', '2026-11-07 04:03:05']);
    expect([utcDay(0), dateForName(0)]).toEqual(['1970-01-01', '1970-01-01T00-00-00Z']);
  });
});
