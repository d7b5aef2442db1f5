import { oneStage } from '../report/cascade-words.ts';
import { describe, expect, test } from 'vitest';
import {
  cascadesOf,
  placesOf,
  pricesAt,
  scoresOf,
  sharesOf,
  type CascadePrices,
  type StagedFold,
} from './cascade.ts';
import { cheapestWithin } from './cascade-choice.ts';
import type { Decision, UnboundRouter } from '../router/router.ts';

/** Ten clips of one window; the small stage is wrong about every other one, and in doubt of those. */
const clips = Array.from({ length: 10 }, (_, i) => ({
  ...{ name: `clip ${i}`, source: `source ${i}`, fold: 1, label: i % 2, patches: 1 },
}));
const rows = (ofFirst: (clip: number) => number) =>
  Float32Array.from(clips.flatMap((_, i) => [ofFirst(i), 1 - ofFirst(i)]));
const isRight = (clip: number) => Math.floor(clip / 2) % 2 === 0;
const toldAs = (clip: number, p: number) => (clips[clip]!.label === 0 ? p : 1 - p);
const small = rows((clip) => (isRight(clip) ? toldAs(clip, 0.875) : toldAs(clip, 0.375)));
const large = rows((clip) => toldAs(clip, 0.9375));
const doubt = Float32Array.from(clips, (_, clip) => (isRight(clip) ? 0.125 : 0.375) + clip / 1000);
const windows = {
  ...{ clips, classes: 2, experts: [small, large] },
  scores: new Map<Decision, Float32Array>([
    ['top-probability', doubt],
    ['gate', doubt],
  ]),
};
const fold: StagedFold = { fold: 1, seed: 1, held: windows, test: windows, hard: [] };
const price = (millijoule: number) => ({ us: 10 * millijoule, millijoule });
const prices: CascadePrices = {
  shared: price(3),
  stages: [price(1), price(20)],
  alone: [price(4), price(22)],
  deciding: new Map([['gate', price(0.5)]]),
  source: 'modelled',
};

describe('a cascade', () => {
  test('sends the windows of the highest scores on', () => {
    expect([...placesOf(fold, 'gate', [0.4], 'test')]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
    expect([...placesOf(fold, 'gate', [1], 'test')]).toEqual(new Array(10).fill(1));
  });

  test('takes what its stages take that ran: the first expert too where that decides', () => {
    const millijoules = (decision: Decision) =>
      pricesAt(prices, decision, [0, 1]).map(({ millijoule }) => millijoule);
    expect(millijoules('top-probability')).toEqual([4, 24]);
    expect(millijoules('gate')).toEqual([4.5, 23.5]);
  });

  test('scores a window as a board does', () => {
    const router: UnboundRouter = {
      ...{ name: 'r', version: 1, labels: ['s', 'l'], layers: [] },
      standardization: { offset: new Float32Array(1), scale: new Float32Array(1) },
      prior: new Float32Array(2),
      routing: { alpha: 0, curiosityScale: 1, dropout: 0, seed: 1, passes: 0, topK: 1 },
      cascade: { decision: 'top-probability', thresholds: Float32Array.of(0) },
    };
    const scores = scoresOf(
      router,
      { embeddings: new Float32Array(2), size: 1 },
      Float32Array.of(1, 1, 50, 0),
    );
    expect([...scores]).toEqual([0.5, 0]);
  });
});

describe('all cascades of a study', () => {
  const all = cascadesOf([[fold]], ['small', 'large'], prices, 'test');
  const of = (decision: string) => all.filter((one) => one.decision === decision);

  test('are every stage alone, each decision at every share, and chance as often', () => {
    expect(sharesOf(2)).toHaveLength(11);
    expect(sharesOf(3)).toHaveLength(66);
    expect([...new Set(all.map(({ decision }) => decision))]).toEqual([
      ...['One stage alone', 'Cascade by top probability', 'Cascade by a learned gate', 'Chance, as often'],
    ]);
    expect(of('Cascade by a learned gate').map(({ setting }) => setting)[4]).toBe('40 % past stage 1');
  });

  test('take as much by chance as by top probability, at every share', () => {
    const energies = (decision: string) =>
      of(decision).map(({ trainings: [one] }) => one!.millijoule.reduce((sum, each) => sum + each, 0));
    energies('Chance, as often').forEach((energy, i) =>
      expect(energy).toBeCloseTo(energies('Cascade by top probability')[i]!, 9),
    );
  });

  test('of each decision the cheapest is told that loses no more than a margin', () => {
    const told = cheapestWithin(
      { held: all, test: all, hard: null },
      {
        reference: { decision: oneStage, setting: 'large' },
        ...{ classes: 2, margin: 0.005, bootstrap: { resamples: 50, seed: 1, level: 0.95 } },
      },
    );
    expect(told.slice(0, 3).map(({ decision, setting }) => [decision, setting])).toEqual([
      ['One stage alone', 'large'],
      ['Cascade by top probability', '40 % past stage 1'],
      ['Cascade by a learned gate', '40 % past stage 1'],
    ]);
    expect(told[1]).toMatchObject({
      plain: { difference: { value: 0, low: 0, high: 0 }, energyShare: { value: (4 * 24 + 6 * 4) / 220 } },
      hard: null,
    });
    const { low, high } = told[1]!.plain.energyShare;
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.6);
    expect(told[3]!.plain.energyShare.value).toBeGreaterThan(0.95);
  });
});
