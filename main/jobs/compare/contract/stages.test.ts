/** When a stage passes, and how its figures are written beside what is allowed. */
import { describe, expect, test } from 'vitest';
import { errorText, limitText } from './judged.ts';
import { usualRules, verdictOf, type ComparedRule } from './stages.ts';

const expert = usualRules.find(({ check }) => check === 'expert')!;
const wide = { low: 0.02, high: 0.999 };

describe('a share of windows', () => {
  test('lets an activation on the edge of two integers pass, and a wrong layer fail', () => {
    expect(verdictOf(expert, 90, 89, { low: 0.926, high: 0.9997 })).toBe('pass');
    expect(verdictOf(expert, 90, 60, { low: 0.55, high: 0.77 })).toBe('fail');
  });

  test.each<[Partial<ComparedRule>, number, string]>([
    [{ share: 1 }, 10, 'pass'],
    [{ share: 0.5 }, 10, 'pass'],
    [{ share: 1 }, 9, 'fail'],
    [{ share: 0.5 }, 9, 'open'],
    [{ share: 0.01 }, 9, 'pass'],
    [{ limit: null }, 9, 'not judged'],
  ])('of %j, with %i of ten that keep to it, is told: %s', (rule, passed, verdict) => {
    expect(verdictOf({ ...expert, ...rule }, 10, passed, wide)).toBe(verdict);
  });
});

test.each([
  [1.0099e-3, 1e-3, '1.01e-3'],
  [1.00000004e-3, 1e-3, '1.00000004e-3'],
  [9.99e-4, 1e-3, '1.0e-3'],
  [4.96e-5, 1e-3, '5.0e-5'],
  [1e-9, 0, '1.0e-9'],
  [0, 0, '0'],
  [NaN, 1e-3, 'NaN'],
  [0.12345, null, '1.2e-1'],
])('an error of %d beside a limit of %d is written with the digits that decide: %s', (error, limit, text) => {
  expect(errorText(error, limit)).toBe(text);
});

test('a limit is written as errors are, with the digits that somebody gave it', () => {
  expect([0, 1e-3, 0.0025, 5e-2].map(limitText)).toEqual(['0', '1e-3', '2.5e-3', '5e-2']);
});
