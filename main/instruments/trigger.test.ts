import { expect, test } from 'vitest';
import type { Trigger } from './contract/captures.ts';
import { gap } from './totals.ts';
import { TriggerGate } from './trigger.ts';

const through = (trigger: Trigger, before: number, samples: readonly (readonly [number, number])[]) => {
  const taken: number[] = [];
  const gate = new TriggerGate(trigger, before, { sample: (current) => void taken.push(current) });
  for (const [current, logic] of samples) gate.sample(current, logic, Number.isNaN(current) ? gap : 1);
  return taken;
};
const currents = (...values: number[]) => values.map((value) => [value, 0] as const);
const above: Trigger = { on: 'above', level: 5, pin: 0 };

test.each<[string, Trigger, readonly (readonly [number, number])[], number[]]>([
  ['rises above a level', above, currents(1, 2, 3, 6, 7), [2, 3, 6, 7]],
  ['falls below one', { ...above, on: 'below' }, currents(9, 8, 7, 4, 9), [8, 7, 4, 9]],
  [
    'has an input go high',
    { on: 'high', level: 0, pin: 2 },
    [
      [1, 0b011],
      [2, 0b010],
      [3, 0b100],
      [4, 0],
    ],
    [1, 2, 3, 4],
  ],
  [
    'has an input go low',
    { on: 'low', level: 0, pin: 0 },
    [
      [1, 1],
      [2, 1],
      [3, 0],
    ],
    [1, 2, 3],
  ],
  ['is above it from the beginning and comes back', above, currents(6, 6, 1, 2, 7), [1, 2, 7]],
  ['never gets there', above, currents(1, 2, 3), []],
])('what %s begins there, with so much from before it', (_what, trigger, samples, expected) => {
  expect(through(trigger, 2, samples)).toEqual(expected);
});

test('nothing from before it is kept where nothing is wanted, and what was lost is kept as lost', () => {
  expect(through(above, 0, currents(1, 6, 2))).toEqual([6, 2]);
  expect(through(above, 3, currents(1, NaN, 2, 6))).toEqual([1, NaN, 2, 6]);
});

test('a loss is no crossing: only samples on both sides of it are', () => {
  expect(through(above, 1, currents(1, NaN, 6))).toEqual([NaN, 6]);
  expect(through(above, 1, currents(6, NaN, 6))).toEqual([]);
});

test.each([1, 2, 3, 5, 100])('of %i samples that are held each comes once and in order', (before) => {
  const rising = Array.from({ length: 50 }, (_, at) => at / 16);
  const taken = through(above, before, currents(...rising, 6));
  expect(taken).toEqual([...rising.slice(Math.max(0, 50 - before)), 6]);
});
