import { expect, test } from 'vitest';
import type { Degradation } from '../augmentation/degrade.ts';
import type { ClipAnswer } from '../evaluation/answers.ts';
import type { FoldOutcome, MixtureAnswers, ModelAnswers } from './assess.ts';
import { packedAll, unpacked, type HardTest } from './hard.ts';
import { hardSummary } from './robustness.ts';

const noise: Degradation = { kind: 'noise', colour: 'pink', decibels: 5 };
const quiet: Degradation = { kind: 'gain', decibels: -30 };
const bootstrap = { resamples: 100, seed: 1, level: 0.95 };

/** Twenty clips of ten sources in a fold, two classes. @param wrong so many of them */
const answers = (fold: number, wrong: number, curiosity: number | null = null): ClipAnswer[] =>
  Array.from({ length: 20 }, (_, i) => {
    const truth = i % 2;
    const said = i < wrong ? 1 - truth : truth;
    return {
      clip: `${fold}-${i}`,
      source: `${fold}-${i >> 1}`,
      fold,
      truth,
      probabilities: said === 0 ? [0.8, 0.2] : [0.2, 0.8],
      curiosity: curiosity === null ? null : curiosity + i / 100,
    };
  });
const testOf = (degradation: Degradation, fold: number): HardTest => ({
  degradation,
  test: {
    clips: answers(fold, 0).map(({ clip, source, truth }) => ({
      ...{ name: clip, source, fold, label: truth, patches: 1 },
    })),
    embeddings: new Float32Array(0),
    size: 1,
  },
});
const patches = { probabilities: new Float32Array(0), curiosities: null, experts: null };
const model = (name: string, mine: ClipAnswer[]): ModelAnswers => ({
  ...{ name, answers: mine, patches, temperature: null },
});
/** @param wrong [way] of the expert; the mixture is right about all */
const outcome = (fold: number, seed: number, wrong: readonly [number, number]): FoldOutcome => {
  const plain: MixtureAnswers = {
    ...model('Plain router', answers(fold, 0)),
    ...{ variant: { kind: 'plain' }, passes: 0, chosen: [20, 0] },
  };
  return {
    ...{ fold, seed, patches: [], flips: [] },
    experts: [{ kind: 'q4', ...model('4-bit', answers(fold, 1)) }],
    mixtures: [plain],
    hard: [noise, quiet].map((one, way) =>
      packedAll(
        testOf(one, fold),
        [],
        [
          { name: '4-bit', answers: answers(fold, wrong[way]!) },
          { name: 'Plain router', answers: answers(fold, 0, 0.1), chosen: [5, 15] },
        ],
      ),
    ),
  };
};
const asking = {
  ...{ experts: [{ name: '4-bit', family: 'bitlinear' as const }], mixtures: [], classes: 2 },
  ...{ alpha: 1, margin: 0.05, bootstrap, bank: ['q2', 'q8'] },
};

test('answers to harder clips are packed and read back as they were', () => {
  const mine = answers(1, 3, 0.1);
  const all = packedAll(testOf(noise, 1), [], [model('a', answers(1, 1)), model('b', mine)]);
  expect(
    unpacked(all, 1).map((one) => ({ ...one, probabilities: [...Array.from(one.probabilities)] })),
  ).toEqual(mine);
  expect(unpacked(all, 0)[0]!.curiosity).toBeNull();
});

test('each way is told by itself over folds and seeds, and all of them by their mean, no clip counted twice', () => {
  // of forty clips 2 and 8 are wrong with the first seed, 6 and 12 with the second
  const folds = [outcome(1, 1, [1, 4]), outcome(2, 1, [1, 4]), outcome(1, 2, [3, 6]), outcome(2, 2, [3, 6])];
  const { robustness } = hardSummary(folds, asking)!;
  expect(robustness.ways).toEqual([
    { name: 'pink noise, SNR 5 dB', kind: 'noise', value: 5 },
    { name: 'gain -30 dB', kind: 'gain', value: -30 },
  ]);
  expect(robustness.clips).toBe(40);
  const [four, plain] = robustness.models;
  expect(four!.ways.map(({ accuracy }) => accuracy.value)).toEqual([
    expect.closeTo(1 - 4 / 40, 12),
    expect.closeTo(1 - 10 / 40, 12),
  ]);
  expect(four!.scores.accuracy.pooled.value).toBeCloseTo(1 - 7 / 40, 12);
  expect(four!.scores.accuracy.seeds!.values).toEqual([
    { seed: 1, value: expect.closeTo(1 - 5 / 40, 12) },
    { seed: 2, value: expect.closeTo(1 - 9 / 40, 12) },
  ]);
  // both ways say the same of a model that is right about all: the interval is no narrower or wider for it
  expect(plain!.scores.accuracy.pooled).toEqual({ value: 1, low: 1, high: 1 });
  expect(plain!.meanBits).toBeCloseTo(0.25 * 2 + 0.75 * 8, 12);
  expect(four!.meanBits).toBeNull();
});

test('one way is as sure as the same clips answered once', () => {
  const once = [outcome(1, 1, [4, 4]), outcome(2, 1, [4, 4])];
  const alone = once.map((fold) => ({ ...fold, hard: fold.hard.slice(0, 1) }));
  const [both, one] = [once, alone].map((folds) => hardSummary(folds, asking)!.robustness.models[0]!);
  expect(both!.scores.accuracy.pooled).toEqual(one!.scores.accuracy.pooled);
  expect(hardSummary([{ ...once[0]!, hard: [] }], asking)).toBeNull();
});
