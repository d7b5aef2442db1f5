import { describe, expect, it } from 'vitest';
import type { BatterySetting, Board, BoardOverview, BoardSettings, DayLoad } from '../../contract/types.ts';
import { batteryDays, cellOf, dayLoad, regulatorShare, usualCells } from './battery-days.ts';
import { batteryText, daysText } from './battery-words.ts';

const cell = { name: 'test', volts: 3, milliampHours: 1000, usableShare: 0.5, lossPerYear: 0 };
const idle = { listening: 0.001, asleep: 0.000_01, source: 'a datasheet' };
const load = (change: Partial<DayLoad> = {}): DayLoad => ({
  ...{ inferences: 0, energy: 0.01, energySource: 'modelled', latency: 0.2, listening: 0, idle },
  ...change,
});
/** Joules that the battery gives: 3 V, 1 Ah, half of it. */
const usable = 3 * 3600 * 0.5;

describe('how long a battery lasts', () => {
  it('is what it holds by what the board takes, through the regulator', () => {
    const asleep = 86_400 * idle.asleep;
    expect(batteryDays(load(), cell).days).toBeCloseTo((usable * regulatorShare) / asleep, 6);
    const listening = batteryDays(load({ listening: 1 }), cell);
    expect(listening.days).toBeCloseTo((usable * regulatorShare) / (86_400 * idle.listening), 6);
    expect(listening.idle).toBeCloseTo(86.4, 9);
  });

  it('counts the time of an inference once: it is not idle meanwhile', () => {
    const { inferences, idle: between } = batteryDays(load({ inferences: 100_000, listening: 0.5 }), cell);
    expect(inferences).toBeCloseTo(1000, 9);
    // 20,000 of the 43,200 seconds of listening.
    expect(between).toBeCloseTo(23_200 * idle.listening + 43_200 * idle.asleep, 9);
    // More than a day holds is no more than a day.
    expect(batteryDays(load({ inferences: 1e6, listening: 1 }), cell).idle).toBe(0);
  });

  it('is bounded by what it loses by itself, and less the more it loses', () => {
    const never = load({ idle: { ...idle, asleep: 0 } });
    expect(batteryDays(never, cell).days).toBe(Infinity);
    expect(batteryDays(never, { ...cell, lossPerYear: 0.5 }).days).toBeCloseTo(2 * 365.25, 6);
    for (const one of usualCells) expect(batteryDays(load({ listening: 1 }), one).days).toBeGreaterThan(10);
  });

  it('is told with what it is made of, and where that comes from', () => {
    const told = batteryDays(load({ inferences: 1000, listening: 1 }), cell);
    expect(daysText({ days: 3.14 })).toBe('3.1 days');
    expect(daysText({ days: 41.4 })).toBe('41 days');
    expect(daysText({ days: Infinity })).toBe('over 10 years');
    expect(batteryText(told, cell)).toBe(
      `${daysText(told)} on test (1,000 mAh, 3 V, 50 % usable), modelled: 10.0 J a day for inferences (modelled), ` +
        '86.2 J between them (modelled), 0 nJ that it loses by itself. The processor alone: no microphone or radio.',
    );
  });
});

describe('what a board does in a day', () => {
  const nowMs = 1_795_392_000_000;
  const settings: BoardSettings = {
    ...{ name: '', latitude: null, longitude: null, microphoneRate: 16_000, listenS: 60, periodS: 600 },
    ...{ hopSamples: 8000, leastProbability: 0, mostEntropy: 0, telemetryIntervalMs: 0, autoStart: true },
    ...{ uncertainPercent: 0, uncertainPaceS: 600 },
  };
  const board: Pick<Board, 'settings' | 'continuous' | 'profile'> = {
    settings,
    continuous: true,
    profile: 'chip',
  };
  const did: BoardOverview = {
    ...{ boardId: 'b1', records: 1200, latencyUs: { p50: 200_000, p95: 300_000 }, latencySource: 'counted' },
    ...{ energyNanojoule: { mean: 8e6, total: 9.6e9 }, energySource: 'measured' },
    ...{
      topProbability: 0.5,
      entropy: 1,
      curiosity: 0,
      levelDb: null,
      noiseFloorDb: null,
      clippedShare: null,
    },
    ...{ firstMs: nowMs - 6 * 3_600_000, lastMs: nowMs },
  };
  const known = { idle: { chip: idle } };

  it('is taken from its records, over the time that they are of, and from its duty cycle', () => {
    expect(dayLoad(board, did, known, 24, nowMs)).toEqual({
      ...{ inferences: 4800, energy: 0.008, energySource: 'measured', latency: 0.2, listening: 0.1, idle },
    });
    expect(dayLoad(board, did, known, 3, nowMs)).toMatchObject({ inferences: 9600 });
  });

  it('is all day long where it always listens, and none of it where nobody told it to', () => {
    const always = { ...board, settings: { ...settings, listenS: 0, periodS: 0 } };
    expect(dayLoad(always, did, known, 24, nowMs)).toMatchObject({ listening: 1 });
    const never = { ...board, continuous: false, settings: { ...settings, autoStart: false } };
    expect(dayLoad(never, null, known, 24, nowMs)).toMatchObject({ listening: 0, inferences: 0 });
    const untold = { ...board, settings: null, continuous: false };
    expect(dayLoad(untold, did, known, 24, nowMs)).toMatchObject({ listening: 1 });
    expect(dayLoad(untold, null, known, 24, nowMs)).toMatchObject({ listening: 0 });
  });

  it('has more inferences than records where it keeps a record only now and then', () => {
    const sparing = { ...board, settings: { ...settings, telemetryIntervalMs: 60_000 } };
    // Half a second apart, a tenth of the day.
    expect(dayLoad(sparing, did, known, 24, nowMs)).toMatchObject({ inferences: 17_280 });
  });

  it('cannot be told without idle power, records of a board that listens, or energy', () => {
    expect(dayLoad({ ...board, profile: 'toString' }, did, known, 24, nowMs)).toMatch(/toString.*not known/);
    expect(dayLoad(board, null, known, 24, nowMs)).toMatch(/recorded nothing/);
    expect(dayLoad(board, { ...did, energyNanojoule: null }, known, 24, nowMs)).toMatch(/no energy/);
  });
});

describe('the battery of a board', () => {
  it('is its own, else that of all', () => {
    const setting: Pick<BatterySetting, 'cell' | 'own'> = {
      cell,
      own: [{ boardId: 'b1', cell: usualCells[1]! }],
    };
    expect([cellOf(setting, 'b1').name, cellOf(setting, 'b2').name]).toEqual(['3 × AA lithium', 'test']);
  });
});
