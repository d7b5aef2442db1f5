import { expect, test } from 'vitest';
import { allowed, moved, zoomed } from './stretch.ts';

test('closer and wider keep what is under the pointer where it is', () => {
  const closer = zoomed({ fromS: 2, toS: 6 }, 0.5, 3, 10);
  expect(closer).toEqual({ fromS: 2.5, toS: 4.5 });
  expect(zoomed(closer, 2, 3, 10)).toEqual({ fromS: 2, toS: 6 });
});

test('nothing beyond the capture is shown, nor less than a few samples of it', () => {
  expect(allowed({ fromS: -1, toS: 3 }, 10)).toEqual({ fromS: 0, toS: 4 });
  expect(allowed({ fromS: 8, toS: 12 }, 10)).toEqual({ fromS: 6, toS: 10 });
  expect(allowed({ fromS: -5, toS: 50 }, 10)).toEqual({ fromS: 0, toS: 10 });
  const least = allowed({ fromS: 5, toS: 5 }, 10);
  expect(least.toS - least.fromS).toBeCloseTo(1e-4, 9);
});

test('it is moved by a share of its length, up to the ends', () => {
  expect(moved({ fromS: 2, toS: 4 }, 0.5, 10)).toEqual({ fromS: 3, toS: 5 });
  expect(moved({ fromS: 2, toS: 4 }, -2, 10)).toEqual({ fromS: 0, toS: 2 });
});
