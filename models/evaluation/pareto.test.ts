import { expect, it } from 'vitest';
import { onFront } from './pareto.ts';

it('leaves out what something else beats, keeps equals, and leaves out what has no cost', () => {
  const offers = [
    { gain: 0.9, cost: 5 },
    { gain: 0.8, cost: 5 },
    { gain: 0.8, cost: 2 },
    { gain: 0.8, cost: 2 },
    { gain: 0.99, cost: null },
    { gain: 0.1, cost: 3 },
  ];
  expect(onFront(offers)).toEqual([true, false, true, true, false, false]);
  expect(onFront([])).toEqual([]);
});
