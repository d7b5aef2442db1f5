import { describe, expect, it } from 'vitest';
import { quantileInterval, spreadOf } from './spread.ts';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('a quantile’s interval', () => {
  it('is between the order statistics that tables name for the median', () => {
    // Ranks 2 and 9 of 10 hold the median with 97.9 %; 3 and 8 only with 89.1 % (David & Nagaraja).
    expect(quantileInterval(upTo(10), 0.5)).toEqual({ low: 2, high: 9 });
    expect(quantileInterval(upTo(6), 0.5)).toEqual({ low: 1, high: 6 });
    expect(quantileInterval(upTo(100), 0.5)).toEqual({ low: 40, high: 61 });
  });

  it('is not told where so few values cannot hold it so often', () => {
    expect(quantileInterval(upTo(5), 0.5)).toBeNull();
    expect(quantileInterval(upTo(100), 0.99)).toBeNull();
    expect(quantileInterval(upTo(1000), 0.99)).not.toBeNull();
  });
});

describe('the spread of a sample', () => {
  it('counts every value once in histogram and ECDF, however many there are', () => {
    const values = Array.from({ length: 5000 }, (_, i) => Math.sin(i) ** 3);
    const { histogram, ecdf, n } = spreadOf(values);
    expect(histogram.counts.reduce((sum, count) => sum + count)).toBe(n);
    expect(histogram.counts.length).toBeLessThanOrEqual(40);
    expect(ecdf.length).toBeLessThanOrEqual(201);
    expect(ecdf.at(-1)).toEqual([Math.max(...values), 1]);
    for (const [value, share] of ecdf) expect(values.filter((one) => one <= value).length / n).toBe(share);
  });

  it('is one bin and one step of values that are all the same', () => {
    const { histogram, ecdf, outliers, deviation } = spreadOf([7, 7, 7]);
    expect([histogram, ecdf]).toEqual([{ from: 7, step: 0, counts: [3] }, [[7, 1]]]);
    expect([outliers.count, deviation]).toEqual([0, 0]);
  });

  it('marks what lies far outside', () => {
    expect(spreadOf([...upTo(100), 1000, -900]).outliers.count).toBe(2);
    expect(spreadOf(upTo(100)).outliers.count).toBe(0);
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});
