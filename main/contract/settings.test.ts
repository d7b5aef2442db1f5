import { describe, expect, test } from 'vitest';
import { settingProblems } from './settings.ts';
import type { BoardSettings } from './types.ts';

const sound: BoardSettings = {
  name: '',
  latitude: null,
  longitude: null,
  microphoneRate: 16_000,
  listenS: 0,
  periodS: 0,
  hopSamples: 7680,
  leastProbability: 0,
  mostEntropy: 0,
  telemetryIntervalMs: 0,
  autoStart: false,
  uncertainPercent: 0,
  uncertainPaceS: 600,
};

describe('the settings of a board', () => {
  test.each<Partial<BoardSettings>>([
    {},
    { name: 'ä'.repeat(31), latitude: -90, longitude: 180, microphoneRate: 48_000 },
    { listenS: 60, periodS: 60, hopSamples: 1600, leastProbability: 1, mostEntropy: 5 },
    {
      listenS: 86_400,
      periodS: 86_400,
      hopSamples: 160_000,
      telemetryIntervalMs: 3_600_000,
      autoStart: true,
    },
    { uncertainPercent: 50, uncertainPaceS: 1 },
    { uncertainPercent: null, uncertainPaceS: null },
  ])('are taken at the ends of their ranges: %o', (change) => {
    expect(settingProblems({ ...sound, ...change })).toEqual({});
  });

  test.each<[keyof BoardSettings, Partial<BoardSettings>]>([
    ['name', { name: 'ä'.repeat(32) }],
    ['name', { name: 'a\0b' }],
    ['latitude', { latitude: 90.01, longitude: 0 }],
    ['latitude', { latitude: NaN, longitude: 0 }],
    ['longitude', { latitude: 0, longitude: -180.5 }],
    ['longitude', { latitude: 0, longitude: null }],
    ['latitude', { latitude: null, longitude: 0 }],
    ['microphoneRate', { microphoneRate: 44_100 }],
    ['listenS', { listenS: 0.5, periodS: 1 }],
    ['periodS', { listenS: 60, periodS: 59 }],
    ['periodS', { periodS: 86_401 }],
    ['hopSamples', { hopSamples: 1599 }],
    ['leastProbability', { leastProbability: 1.01 }],
    ['mostEntropy', { mostEntropy: -0.1 }],
    ['telemetryIntervalMs', { telemetryIntervalMs: 3_600_001 }],
    ['uncertainPercent', { uncertainPercent: 51 }],
    ['uncertainPercent', { uncertainPercent: 0.5 }],
    ['uncertainPaceS', { uncertainPaceS: 0 }],
  ])('are refused with a sentence at %s for %o', (at, change) => {
    const problems = settingProblems({ ...sound, ...change });
    expect(Object.keys(problems)).toEqual([at]);
    expect(problems[at]).toMatch(/\.$/);
  });
});
