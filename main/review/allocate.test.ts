import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocate } from './allocate.ts';

test.each([
  [[100, 100, 100], 30, [10, 10, 10]],
  [[3, 100, 100], 30, [3, 14, 13]],
  [[3, 0, 100], 30, [3, 0, 27]],
  [[2, 3], 30, [2, 3]],
  [[5, 9, 9, 7], 2, [0, 1, 1, 0]],
  [[], 5, []],
])('of %j a sample of %i draws %j', (populations, size, drawn) => {
  expect(allocate(populations, size)).toEqual(drawn);
});

test('draws all that was asked for, never more of a stratum than it holds, and no two open ones apart by more than one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(50), { maxLength: 12 }),
      fc.integer({ min: 1, max: 300 }),
      (populations, size) => {
        const drawn = allocate(populations, size);
        const sum = (all: number[]) => all.reduce((a, b) => a + b, 0);
        expect(sum(drawn)).toBe(Math.min(size, sum(populations)));
        expect(drawn.every((n, i) => n >= 0 && n <= populations[i]!)).toBe(true);
        const open = drawn.filter((n, i) => n < populations[i]!);
        if (open.length > 0) expect(Math.max(...drawn) - Math.min(...open)).toBeLessThanOrEqual(1);
      },
    ),
  );
});
