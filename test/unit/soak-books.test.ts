import { expect, test } from 'vitest';
import { balance } from '../soak/books.ts';

test('books balance where every start is stored up to what was acknowledged, or further', () => {
  const stored = [
    { start: 'a/1', records: 5, different: 5, last: 5 },
    { start: 'a/2', records: 3, different: 3, last: 3 },
  ];
  const acknowledged = new Map([
    ['a/1', 5],
    ['a/2', 2],
  ]);
  expect(balance(stored, acknowledged)).toEqual({ records: 8, lost: 0, doubled: 0 });
});

test('a hole, an end that is missing, a start that is missing and a record that is there twice are all counted', () => {
  const stored = [
    { start: 'hole/1', records: 4, different: 4, last: 5 },
    { start: 'end/1', records: 8, different: 8, last: 8 },
    { start: 'twice/1', records: 7, different: 6, last: 6 },
  ];
  const acknowledged = new Map([
    ['end/1', 10],
    ['gone/1', 100],
  ]);
  expect(balance(stored, acknowledged)).toEqual({ records: 19, lost: 103, doubled: 1 });
});
