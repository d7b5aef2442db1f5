import { describe, expect, it } from 'vitest';
import type { ClassReview } from './contract/rows.ts';
import { thresholdsOf } from './thresholds.ts';

const review = (own: Partial<ClassReview>): ClassReview => ({
  ...{ label: 'curlew', items: 20, decided: 20, right: 12, undecided: 0, population: 100 },
  trueDetections: { value: 60, low: 40, high: 80 },
  thresholds: [
    {
      ...{ from: 0, population: 100, decided: 20, right: 12, sample: { share: 0.6, low: 0.4, high: 0.8 } },
      precision: { value: 0.6, low: 0.4, high: 0.8 },
    },
  ],
  fit: null,
  heldFrom: null,
  ...own,
});
const line = { intercept: 0, slope: 1, separated: false };
const threshold = { threshold: 0.7, low: 0.6, high: 0.8 };
const leastOf = (own: Partial<ClassReview>, rule: 'fit' | 'bound', wished = 0.9) =>
  thresholdsOf([review(own)], wished, rule).map(({ least }) => least);

describe('a threshold', () => {
  it('is where the line reaches the wished precision, or where its lower bound holds it', () => {
    const both = { fit: { ...line, threshold }, heldFrom: 0.8 };
    expect(leastOf(both, 'fit')).toEqual([0.7]);
    expect(leastOf(both, 'bound')).toEqual([0.8]);
    expect(leastOf({ fit: both.fit }, 'bound')).toEqual([null]);
  });

  it('leaves all of a class or nothing where no line tells, by the precision of the whole class', () => {
    const falling = { fit: { ...line, slope: -1, threshold: null } };
    expect(leastOf(falling, 'fit', 0.5)).toEqual([0]);
    expect(leastOf(falling, 'fit', 0.9)).toEqual([null]);
    const [whole] = review({}).thresholds;
    const unknown = { ...whole!, precision: { value: null, low: 0, high: 1 } };
    expect(leastOf({ thresholds: [unknown] }, 'fit', 0.6)).toEqual([0]);
    expect(leastOf({ thresholds: [unknown] }, 'fit', 0.7)).toEqual([null]);
  });

  it('is not made of a class of which nothing was found true or false', () => {
    expect(leastOf({ decided: 0, right: 0, undecided: 3 }, 'fit')).toEqual([]);
  });
});
