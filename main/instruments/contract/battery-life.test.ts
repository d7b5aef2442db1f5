import { expect, test } from 'vitest';
import { batteryLife } from './battery-life.ts';
import type { EnergyResult } from './energy.ts';

const cell = { name: 'a cell', volts: 3, milliampHours: 1000, usableShare: 0.5, lossPerYear: 0 };
const spread = (mean: number) => ({ mean, deviation: 0, least: mean, median: mean, most: mean });

/** 10 s at 1 mW: ten inferences of 0.1 s and 0.5 mJ, and 5 mJ in the 9 s between them; 10 % uncertain. */
const energy: EnergyResult = {
  ...{ source: 'measured', volts: 3, from: 0, to: 1_000_000, samplesPerSecond: 100_000 },
  whole: {
    ...{ joules: 10e-3, coulombs: 3e-3, seconds: 10, lost: 0, uncertainty: 1e-3 },
    parts: { calibration: 1e-3, resolution: 0, noise: 0, edges: 0, lost: 0 },
  },
  marked: {
    ...{ count: 10, cut: 0, withLoss: 0, joules: spread(0.5e-3), seconds: spread(0.1), uncertainty: 0.05e-3 },
    ...{ restWatts: 5e-3 / 9, list: [] },
  },
  stages: [],
};
// 3 V · 1 Ah · 3600 s · 0.5 = 5400 J
const usable = 5400;

test('at what the capture drew a battery lasts its usable energy over its power', () => {
  const life = batteryLife(energy, cell, null);
  if (typeof life === 'string') expect.fail(life);
  expect(life.days).toBeCloseTo(usable / 1e-3 / 86_400, 6);
  expect(life.leastDays).toBeCloseTo(usable / 1.1e-3 / 86_400, 6);
  expect(life.mostDays).toBeCloseTo(usable / 0.9e-3 / 86_400, 6);
  expect(life.source).toBe('modelled');
});

test('with an inference so often it is their energy and what is drawn between them', () => {
  const life = batteryLife(energy, cell, 100);
  if (typeof life === 'string') expect.fail(life);
  const watts = 0.5e-3 / 100 + ((5e-3 / 9) * 99.9) / 100;
  expect(life.watts).toBeCloseTo(watts, 12);
  expect(life.wattsUncertainty).toBeCloseTo(0.1 * watts, 12);
});

test('what a battery loses by itself counts as drawn', () => {
  const life = batteryLife(energy, { ...cell, lossPerYear: 0.2 }, null);
  if (typeof life === 'string') expect.fail(life);
  expect(life.days).toBeCloseTo(usable / (1e-3 * 86_400 + (usable * 0.2) / 365.25), 6);
});

test('lost samples count as what the others drew', () => {
  const whole = { ...energy.whole, lost: 500_000 };
  const life = batteryLife({ ...energy, whole }, cell, null);
  if (typeof life === 'string') expect.fail(life);
  expect(life.watts).toBeCloseTo(2e-3, 12);
});

test.each([
  [{ ...energy, marked: null }, 10, /No whole inference is marked/],
  [energy, 0.05, /An inference takes 0\.100 s, more than 0\.05 s/],
  [{ ...energy, marked: { ...energy.marked!, restWatts: null } }, 10, /nothing between its inferences/],
])('what cannot be told is told why', (of, period, why) => {
  expect(batteryLife(of, cell, period)).toMatch(why);
});
