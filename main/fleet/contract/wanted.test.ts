import { expect, test } from 'vitest';
import type { BoardSettings } from '../../contract/settings.ts';
import type { WantedBank } from './details.ts';
import { difference, differenceText, standingOf, standingText, type Actual } from './wanted.ts';

const settings: BoardSettings = {
  ...{ name: '', latitude: null, longitude: null, microphoneRate: 16_000, listenS: 0, periodS: 0 },
  ...{
    hopSamples: 7680,
    leastProbability: Math.fround(0.7),
    mostEntropy: 0,
    telemetryIntervalMs: 0,
    autoStart: false,
    uncertainPercent: 0,
    uncertainPaceS: 600,
  },
};
const bank: WantedBank = { sha256: 'ab'.repeat(32), name: 'night', version: 2, kind: 'expert' };
const night = { name: 'night', version: 2, sha256: bank.sha256, bits: 4, ternary: false };
const day = { name: 'day', version: 1, sha256: 'cd'.repeat(32), bits: 4, ternary: false };
const actual = (changes: Partial<Actual> = {}): Actual => ({
  ...{ settings, activeExpert: night, activeRouter: null, trial: 'none', bootId: 7 },
  ...changes,
});
const judged = (wanted: Parameters<typeof difference>[0], is: Actual) => {
  const found = difference(wanted, is);
  const standing = standingOf(wanted, found);
  return [standingText(standing, found), ...(found ?? []).map(differenceText)];
};

test('a board that has what is wanted is up to date; numbers may have gone through binary32', () => {
  expect(judged({ settings: { leastProbability: 0.7, autoStart: false }, bank }, actual())).toEqual([
    'up to date',
  ]);
});

test('each setting that differs, and another bank, is a difference', () => {
  const wanted = { settings: { periodS: 600, autoStart: true }, bank };
  expect(judged(wanted, actual({ activeExpert: day }))).toEqual([
    '3 differences',
    'period: 0 s, wanted 600 s',
    'listens from its start on: no, wanted yes',
    'day, version 1 runs, wanted night, version 2',
  ]);
});

test('a router is held against the wanted bank, and not the first of its experts', () => {
  const router = { name: 'router', version: 1, sha256: 'ef'.repeat(32), experts: 2 };
  expect(difference({ settings: {}, bank }, actual({ activeRouter: router }))).toMatchObject([
    { kind: 'bank' },
  ]);
  const wanted = { ...bank, sha256: router.sha256 };
  expect(difference({ settings: {}, bank: wanted }, actual({ activeRouter: router }))).toEqual([]);
});

test('a bank on trial is no lack, though it is not there for good yet, and one that fell back is told as such', () => {
  expect(judged({ settings: {}, bank }, actual({ trial: 'trial' }))).toEqual([
    'on trial',
    'night, version 2 is on trial',
  ]);
  expect(judged({ settings: { periodS: 600 }, bank }, actual({ trial: 'trial' }))[0]).toBe('2 differences');
  expect(judged({ settings: {}, bank }, actual({ trial: 'fell_back', activeExpert: day }))).toEqual([
    '1 difference',
    'night, version 2 did not stand its trial: day, version 1 runs again',
  ]);
});

test('of a board that was never met, or that told no settings, it is unknown', () => {
  expect(judged({ settings: {}, bank }, actual({ bootId: 0 }))).toEqual(['unknown until it is met']);
  expect(judged({ settings: { periodS: 1 }, bank }, actual({ settings: null }))).toEqual([
    'unknown until it is met',
  ]);
  expect(judged({ settings: {}, bank }, actual({ settings: null }))).toEqual(['up to date']);
});

test('where nothing is wanted nothing is said', () => {
  expect(judged({ settings: {}, bank: null }, actual())).toEqual(['']);
});
