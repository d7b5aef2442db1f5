import { describe, expect, test } from 'vitest';
import { mean } from '../evaluation/moments.ts';
import type { Cost } from '../report/results.ts';
import type { FoldOutcome, MixtureAnswers } from './assess.ts';
import { decisionsOf } from './decisions.ts';
import { packedAll } from './hard.ts';
import { pricesOf, type StagePrices } from './prices.ts';
import { chosenBelow, pairOf, pricesBelow, thresholdOf, withThreshold } from './threshold.ts';
import { tradeOffOf } from './trade-off.ts';
import { answersBy, byClip, topProbabilities, type HeardWindows } from './windows.ts';

/** Four clips of two sources, a window each but the last, which has two; two classes. */
const clips = [0, 1, 2, 3].map((i) => ({
  ...{ name: `clip ${i}`, source: `source ${i >> 1}`, fold: 1, label: i % 2, patches: i === 3 ? 2 : 1 },
}));
const rows = (...firsts: number[]) => Float32Array.from(firsts.flatMap((p) => [p, 1 - p]));
/** Right about clips 0, 2 and half of 3; sure of 0, less of the others. */
const cheap = rows(0.9375, 0.75, 0.75, 0.25, 0.625);
/** Right about all, and sure. */
const dear = rows(0.875, 0.125, 0.875, 0.125, 0.125);
const windows: HeardWindows = { clips, classes: 2, experts: [cheap, dear] };
const pair = { first: 0, second: 1 };

const cost = (features: number, encoder: number, router: number, expert: number): Cost => ({
  latencyUs: [features + encoder + router + expert],
  latencySource: 'modelled',
  stagesUs: { features, encoder, router, expert },
  millijoule: { value: (features + encoder + router + expert) / 100, source: 'modelled' },
});
const routed = cost(100, 300, 100, 150);
const prices = pricesOf(
  [cost(100, 300, 0, 100), cost(100, 300, 0, 200)],
  new Map([['Curiosity, α = 1', routed]]),
)!;

const patchesOf = (experts: number[]) => ({
  probabilities: new Float32Array(0),
  curiosities: null,
  experts: Uint8Array.from(experts),
});
const alone = (kind: string, said: Float32Array, place: number) => ({
  ...{ kind, name: kind, temperature: null, answers: answersBy(windows, new Uint8Array(5).fill(place)) },
  patches: { probabilities: said, curiosities: null, experts: null },
});
const curious: MixtureAnswers = {
  ...{ name: 'Curiosity, α = 1', variant: { kind: 'curiosity', alpha: 1 }, passes: 10, temperature: null },
  ...{ answers: answersBy(windows, [0, 1, 0, 1, 0]), patches: patchesOf([0, 1, 0, 1, 0]), chosen: [3, 2] },
};
const test4 = { clips, embeddings: new Float32Array(0), size: 1 };
const outcome: FoldOutcome = {
  ...{ fold: 1, seed: 1, patches: [1, 1, 1, 2], flips: [] },
  experts: [alone('q2', cheap, 0), alone('q8', dear, 1)],
  mixtures: [curious],
  hard: [
    packedAll(
      { degradation: { kind: 'gain', decibels: -30 }, test: test4 },
      [rows(0.625, 0.75, 0.75, 0.25, 0.625), dear],
      [
        { name: 'q2', answers: answersBy(windows, [0, 0, 0, 0, 0]) },
        { name: 'q8', answers: answersBy(windows, [1, 1, 1, 1, 1]) },
        {
          name: curious.name,
          answers: curious.answers,
          chosen: [5, 0],
          experts: Uint8Array.of(0, 0, 0, 0, 0),
        },
      ],
    ),
  ],
};
const bootstrap = { resamples: 50, seed: 1, level: 0.95 };

describe('prices of stages', () => {
  test('are what each takes beyond front end and encoder, in time and in energy', () => {
    expect(prices.shared).toEqual({ us: 400, millijoule: 4 });
    expect(prices.experts).toEqual([
      { us: 100, millijoule: 1 },
      { us: 200, millijoule: 2 },
    ]);
    expect(prices.routers.get('Curiosity, α = 1')).toEqual({ us: 100, millijoule: 1 });
  });

  test('are not known where a board tells no energy, or no stages, of an expert', () => {
    const known = cost(1, 1, 0, 1);
    for (const missing of [null, undefined, { ...known, millijoule: null }, { ...known, stagesUs: null }])
      expect(pricesOf([known, missing], new Map())).toBeNull();
    expect(pricesOf([], new Map())).toBeNull();
  });
});

describe('a threshold', () => {
  test('asks the least precise expert, then the most precise, whatever they cost and in whatever order they come', () => {
    expect(pairOf(['q2', 'q8'])).toEqual(pair);
    expect(pairOf(['q8', 'q16', 'ternary', 'q4'])).toEqual({ first: 2, second: 1 });
  });

  test('lies where so many values are below it', () => {
    const values = [0.5, 0.9, 0.7, 0.6];
    expect([0, 0.25, 0.5, 1, 2].map((share) => thresholdOf(values, share))).toEqual([
      0,
      0.6,
      0.7,
      Infinity,
      Infinity,
    ]);
  });

  test('lets the second expert answer below it, and asks both for that', () => {
    expect([...topProbabilities(cheap, 2)]).toEqual([0.9375, 0.75, 0.75, 0.75, 0.625]);
    const chosen = chosenBelow(windows, pair, 0.9);
    expect([...chosen]).toEqual([0, 1, 1, 1, 1]);
    expect(pricesBelow(prices, pair, chosen).map(({ millijoule }) => millijoule)).toEqual([5, 7, 7, 7, 7]);
    expect(byClip(windows, [5, 7, 7, 7, 3])).toEqual([5, 7, 7, 5]);
    // of clip 3 one window from each: (¼ + ⅛) / 2
    expect(answersBy(windows, [0, 0, 0, 0, 1]).at(-1)!.probabilities[0]).toBeCloseTo(0.1875, 12);
  });

  test('at equal energy asks twice as often as curiosity’s energy allows, and harder sounds as they come', () => {
    // curiosity: shared 4, router 1, experts 1 2 1 2 1: 6.4 mJ; 5 once, 7 twice: 70 % of 5 windows, 4 as they are whole
    const more = withThreshold(outcome, { bank: ['q2', 'q8'], prices, alpha: 1 });
    const mixture = more.mixtures.at(-1)!;
    expect(mixture).toMatchObject({ name: 'Top probability, equal energy', chosen: [1, 4] });
    expect([...mixture.patches.experts!]).toEqual([0, 1, 1, 1, 1]);
    expect(mixture.variant).toEqual({ kind: 'threshold', threshold: 0.9375, first: 0 });
    expect([...mixture.patches.probabilities]).toEqual([0.9375, 0.0625, ...dear.slice(2)]);
    // the first clip is less sure where it is quiet
    expect([...more.hard[0]!.models.at(-1)!.experts!]).toEqual([1, 1, 1, 1, 1]);
    expect(
      withThreshold({ ...outcome, mixtures: [] }, { bank: ['q2', 'q8'], prices, alpha: 1 }).mixtures,
    ).toEqual([]);
  });
});

describe('F1 against energy', () => {
  const decisions = decisionsOf([outcome], ['q2', 'q8'], prices, 'plain');
  const of = (decision: string, setting: string, all = decisions) =>
    all.find((one) => one.decision === decision && one.setting === setting)!.trainings;

  test('prices every decision window by window, a clip by the mean of its windows', () => {
    expect(of('One expert', '2-bit')[0]!.millijoule).toEqual([5, 5, 5, 5]);
    expect(of('One expert', '8-bit')[0]!.millijoule).toEqual([6, 6, 6, 6]);
    expect(of('Threshold on top probability', '20 % asked twice')[0]!.millijoule).toEqual([5, 5, 5, 6]);
    // router and shared 5, experts 1 2 1, and 2 and 1
    expect(of('Curiosity', 'α = 1')[0]!.millijoule).toEqual([6, 7, 6, 6.5]);
    const chance = of('Chance, as often', '40 % asked twice')[0]!;
    const threshold = of('Threshold on top probability', '40 % asked twice')[0]!;
    const total = ({ millijoule }: typeof chance) =>
      millijoule.reduce((sum, one, i) => sum + one * clips[i]!.patches, 0);
    expect(total(chance)).toBeCloseTo(total(threshold), 12);
  });

  test('is one curve a decision, each point with the mean of its trainings and the interval of whole sources', () => {
    const { curves, source } = tradeOffOf(decisions, 'modelled', 2, bootstrap);
    expect(source).toBe('modelled');
    expect(curves.map(({ decision, points }) => [decision, points.length])).toEqual([
      ['One expert', 2],
      ['Threshold on top probability', 9],
      ['Chance, as often', 9],
      ['Curiosity', 1],
    ]);
    const [two, eight] = curves[0]!.points;
    expect(two!.millijoule).toEqual({ value: 5, low: 5, high: 5 });
    expect(eight!.accuracy.value).toBe(1);
    const point = curves[3]!.points[0]!;
    expect(point.millijoule.value).toBeCloseTo(mean([6, 7, 6, 6.5]), 12);
    // the sources take 6.5 and 6.25: no draw takes more or less
    expect([point.millijoule.low, point.millijoule.high]).toEqual([6.25, 6.5]);
    const energies = curves[1]!.points.map(({ millijoule }) => millijoule.value);
    expect(energies).toEqual([...energies].sort((a, b) => a - b));
  });

  test('of harder sounds takes the threshold of those as recorded, and what the router chose there', () => {
    const hard = decisionsOf([outcome], ['q2', 'q8'], prices, 'hard');
    expect(of('Curiosity', 'α = 1', hard)[0]!.millijoule).toEqual([6, 6, 6, 6]);
    // below 0.75 as recorded: one window of five; where it is quiet two
    expect(of('Threshold on top probability', '20 % asked twice', hard)[0]!.millijoule).toEqual([7, 5, 5, 6]);
  });

  test('has nothing of routers that did not run on the board', () => {
    const unknown: StagePrices = { ...prices, routers: new Map() };
    const names = decisionsOf([outcome], ['q2', 'q8'], unknown, 'plain').map(({ decision }) => decision);
    expect(names).not.toContain('Curiosity');
  });
});
