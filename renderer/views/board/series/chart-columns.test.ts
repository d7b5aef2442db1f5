import { describe, expect, it } from 'vitest';
import { columnsOf, totalOf } from './chart-columns.ts';

const bucket = (atMs: number, mean: number, records = 1) => ({
  ...{ atMs, records, mean, min: mean - 1, max: mean + 1 },
});

describe('the columns of a series', () => {
  it('are times in the middle of buckets, with least, most and mean of each line', () => {
    const series = { everyMs: 10, lines: [{ source: null, buckets: [bucket(0, 5), bucket(10, 7)] }] };
    expect(columnsOf(series)).toEqual([
      [5, 15],
      [4, 6],
      [6, 8],
      [5, 7],
    ]);
  });

  it('are cut where buckets are much further apart than they mostly are, and nowhere else', () => {
    const buckets = [0, 20, 40, 60, 200, 220].map((atMs) => bucket(atMs, 1));
    const [times, , , mean] = columnsOf({ everyMs: 10, lines: [{ source: null, buckets }] });
    expect(times).toEqual([5, 25, 45, 65, 135, 205, 225]);
    expect(mean).toEqual([1, 1, 1, 1, null, 1, 1]);
  });

  it('of one line are not cut by the times of another', () => {
    const series = {
      everyMs: 10,
      lines: [
        { source: 'modelled' as const, buckets: [bucket(0, 1), bucket(20, 1)] },
        { source: 'measured' as const, buckets: [bucket(10, 9)] },
      ],
    };
    const [times, , , modelled, , , measured] = columnsOf(series);
    expect([times, modelled, measured]).toEqual([
      [5, 15, 25],
      [1, undefined, 1],
      [undefined, 9, undefined],
    ]);
  });

  it('are cut over the whole of a hole, whatever another line has in it', () => {
    const series = {
      everyMs: 10,
      lines: [
        { source: 'modelled' as const, buckets: [0, 10, 20, 100, 110].map((atMs) => bucket(atMs, 1)) },
        { source: 'measured' as const, buckets: [40, 50].map((atMs) => bucket(atMs, 9)) },
      ],
    };
    const [times, , , modelled] = columnsOf(series);
    expect(times).toEqual([5, 15, 25, 45, 55, 65, 105, 115]);
    expect(modelled).toEqual([1, 1, 1, null, null, null, 1, 1]);
  });

  it('are empty of nothing', () => {
    expect(columnsOf({ everyMs: 10, lines: [] })).toEqual([[]]);
  });
});

describe('all of a series', () => {
  it('has the mean of its records, not of its buckets', () => {
    const lines = [{ source: null, buckets: [bucket(0, 1, 3), bucket(10, 5, 1)] }];
    expect(totalOf({ lines })).toEqual({ records: 4, min: 0, max: 6, mean: 2 });
    expect(totalOf({ lines: [] })).toBeNull();
  });
});
