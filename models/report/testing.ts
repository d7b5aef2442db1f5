/** Results for tests: made-up answers, scored and compared by the real measures. */
import type { ClipAnswer } from '../evaluation/answers.ts';
import { compareAnswers, compareUncertainties } from '../evaluation/comparison.ts';
import { corrected } from '../evaluation/families.ts';
import { compareLatencies } from '../evaluation/latency-comparison.ts';
import { doubtOf } from '../evaluation/quality.ts';
import { softmax } from '../evaluation/probability.ts';
import { modelScores } from '../evaluation/scores.ts';
import { Random } from '../training/random.ts';
import type { CascadeSummary, Cost, ExpertResult, MixtureResult, Results, TradeOff } from './results.ts';
import { uncertaintyName } from './uncertainty-name.ts';

const classes = ['dog', 'rain', '<script>alert("sea & waves")</script>', '=HYPERLINK("http://x")'];
const clips = 160;
const options = { resamples: 200, seed: 1, level: 0.95 };
const temperatures = new Map([1, 2, 3, 4].map((fold) => [fold, 0.8 + fold / 10]));

/** @param skill the true class's lead in logits; larger is right more often */
function answersOf(seed: number, skill: number, curious: boolean): ClipAnswer[] {
  const random = new Random(seed);
  return Array.from({ length: clips }, (_, i) => {
    const truth = i % classes.length;
    const logits = classes.map((_, c) => 3 * random.uniform() + (c === truth ? skill : 0));
    const probabilities = softmax(logits);
    const doubt = 1 - Math.max(...probabilities);
    return {
      clip: `clip ${i}`,
      source: `source ${i >> 1}`,
      fold: 1 + Math.floor((4 * i) / clips),
      truth,
      probabilities,
      curiosity: curious ? 0.05 * doubt + 0.03 * random.uniform() : null,
    };
  });
}

function costOf(seed: number, mean: number, spread: number): Cost {
  const random = new Random(seed);
  return {
    latencyUs: Array.from({ length: 300 }, () => mean + spread * (random.uniform() + random.uniform() - 1)),
    latencySource: 'counted',
    stagesUs: { features: 0.2 * mean, encoder: 0.6 * mean, router: 0.05 * mean, expert: 0.15 * mean },
    millijoule: { value: mean / 20_000, source: 'modelled' },
  };
}

const losses = (seed: number) =>
  [1, 2, 3, 4].map((fold) => {
    const random = new Random(seed + fold);
    const fall = (floor: number) =>
      Array.from({ length: 20 }, (_, epoch) => floor + 1.4 * Math.exp(-epoch / 5) + 0.04 * random.uniform());
    return { fold, training: fall(0.3), validation: fall(0.5) };
  });

function expert(name: string, family: ExpertResult['family'], bits: number, skill: number): ExpertResult {
  const seed = Math.round(100 * bits);
  return {
    name,
    family,
    bits,
    detail: 'hidden 640, 320',
    parameters: 1_203_210,
    imageBytes: { value: Math.round(90_000 + (1_203_210 * bits) / 8), source: 'counted' },
    flashBytes: { value: Math.round(100_000 + (1_203_210 * bits) / 8), source: 'counted' },
    ramBytes: { value: 9216, source: 'modelled' },
    scores: modelScores(
      [{ seed: 1, answers: answersOf(seed, skill, false), temperatures }],
      classes.length,
      options,
    ),
    cost: costOf(seed, 30_000 + 500 * bits, 300),
    trainingSeconds: { value: 30, source: 'measured' },
    losses: losses(seed),
    agreement: { windows: 64, implementation: 2e-6, quantization: 0.031, sameTopClass: 64 },
  };
}

interface Draft {
  readonly name: string;
  readonly kind: MixtureResult['kind'];
  readonly alpha: number | null;
  readonly usage: readonly number[];
  readonly answers: readonly ClipAnswer[];
  readonly cost: Cost;
}

const drafts: readonly Draft[] = [
  { name: 'plain router', kind: 'plain', alpha: null, usage: [0.7, 0.2, 0.1], answers: answersOf(1, 1.9, true), cost: costOf(1, 36_000, 4000) },
  { name: 'curiosity 0.5', kind: 'curiosity', alpha: 0.5, usage: [0.5, 0.3, 0.2], answers: answersOf(2, 2, true), cost: costOf(2, 37_000, 1500) },
  { name: 'curiosity 2', kind: 'curiosity', alpha: 2, usage: [0.2, 0.3, 0.5], answers: answersOf(3, 2.1, true), cost: costOf(3, 38_000, 900) },
  { name: 'random', kind: 'random', alpha: null, usage: [0.5, 0.3, 0.2], answers: answersOf(4, 1.7, false), cost: costOf(4, 36_500, 4000) },
  { name: 'always 4-bit', kind: 'always', alpha: null, usage: [0, 1, 0], answers: answersOf(5, 1.8, false), cost: costOf(5, 34_000, 300) },
]; // prettier-ignore

const mixtures = drafts.map(({ answers, cost, ...draft }): MixtureResult => ({
  ...draft,
  passes: draft.kind === 'curiosity' ? 10 : 0,
  meanBits: draft.usage.reduce((sum, share, i) => sum + share * [2, 4, 8][i]!, 0),
  scores: modelScores([{ seed: 1, answers, temperatures }], classes.length, options),
  cost,
  trainingSeconds: { value: draft.kind === 'always' ? 30 : 120, source: 'measured' },
  ...(draft.kind === 'random' && {
    deals: {
      deals: 100,
      accuracy: { value: 0.51, low: 0.48, high: 0.54 },
      weightedF1: { value: 0.5, low: 0.47, high: 0.53 },
    },
  }),
  losses: draft.kind === 'plain' ? losses(7) : [],
}));

const compared = (a: Draft, b: Draft) => ({
  question: `${a.name} against ${b.name}`,
  ...compareAnswers(
    { name: a.name, values: [a.answers] },
    { name: b.name, values: [b.answers] },
    classes.length,
    0.05,
    options,
  ),
});

const latencies = (a: Draft, b: Draft) => ({
  question: `latency of ${a.name} against ${b.name}`,
  tests: compareLatencies(
    { name: a.name, values: a.cost.latencyUs },
    { name: b.name, values: b.cost.latencyUs },
    true,
  ),
  notRun: [],
});

const uncertain = ({ name, answers }: Draft) => ({
  question: `curiosity against top probability, ${name}`,
  ...compareUncertainties(
    {
      answers: [answers],
      a: { name: uncertaintyName('curiosity', name), values: [answers.map(({ curiosity }) => curiosity!)] },
      b: { name: uncertaintyName('max-softmax', name), values: [answers.map(doubtOf)] },
    },
    options,
  ),
});

const questions = [
  ...[[1, 0], [2, 0], [1, 3], [1, 4]].flatMap(([a, b]) => [compared(drafts[a!]!, drafts[b!]!), latencies(drafts[a!]!, drafts[b!]!)]),
  uncertain(drafts[1]!),
]; // prettier-ignore

/** Four classes, two of whose names are markup and a formula; four folds; everything examined. */
export const results: Results = {
  format: 1,
  title: 'Bank & report <of made-up answers>',
  createdMs: Date.UTC(2026, 10, 25),
  version: '0.1.0',
  asked: ['evaluate', 'made up & drawn', '--epochs=20'],
  dataSet: {
    name: 'Made-up "clips"',
    layout: 'folder per class',
    licence: null,
    classes,
    clipsPerClass: [40, 40, 40, 40],
    clips,
    sources: 80,
    seconds: 800,
    folds: [1, 2, 3, 4].map((fold) => ({ fold, clips: 40, sources: 20 })),
    problems: [
      { what: 'Missing file', count: 1, names: ['audio/<b>gone</b>.wav'], leftOut: true },
      {
        what: 'Clipped',
        count: 14,
        names: Array.from({ length: 14 }, (_, i) => `clip-${i}.wav`),
        leftOut: false,
      },
    ],
  },
  protocol: {
    officialFolds: true,
    sourcesApart: true,
    validation: 'a fifth of the training folds’ sources of each class',
    seed: 1,
    resamples: 200,
    level: 0.95,
    answers: 'reference',
  },
  encoder: {
    name: 'esc-encoder',
    embeddingSize: 256,
    parameters: 150_000,
    imageBytes: { value: 180_224, source: 'counted' },
    flashBytes: { value: 190_000, source: 'counted' },
    ramBytes: { value: 49_152, source: 'counted' },
    heldOut: true,
    folds: [1, 2, 3, 4].map((fold) => ({ fold, float: 0.9 + fold / 100, int8: 0.895 + fold / 100 })),
  },
  experts: [
    expert('2-bit', 'bitlinear', 2, 1.6),
    expert('4-bit', 'bitlinear', 4, 1.9),
    expert('8-bit', 'bitlinear', 8, 2),
    expert('16-bit', 'bitlinear', 16, 2),
    expert('float', 'float', 32, 2),
  ],
  bank: ['2-bit', '4-bit', '8-bit'],
  mixtures,
  flips: {
    alpha: 0.5,
    draws: 20,
    windows: 9 * clips,
    points: [1, 5, 10, 20].map((passes) => ({ passes, rate: 0.4 / Math.sqrt(passes) })),
  },
  board: { name: 'virtual board', kind: 'virtual', profile: 'Cortex-M4F, 64 MHz', simulated: true },
  carbon: {
    gramsPerKwh: 380,
    origin: 'set by the user',
    training: { seconds: { value: 540, source: 'measured' }, watts: 35 },
  },
  tests: questions.flatMap(({ question, tests }) => corrected(question, tests, options.level)),
  notRun: questions.flatMap(({ question, notRun }) => notRun.map((one) => ({ ...one, question }))),
  limits: ['The answers are made up.'],
};

const estimateNear = (value: number) => ({ value, low: value - 0.1, high: value + 0.1 });

/** F1 against energy by one decision, in two settings. */
export const tradeOff: TradeOff = {
  source: 'modelled',
  curves: [
    {
      decision: 'Threshold on top probability',
      points: [5, 7].map((energy, i) => ({
        ...{ setting: `${10 * i} % asked twice`, millijoule: estimateNear(energy) },
        ...{ accuracy: estimateNear(0.5), weightedF1: estimateNear(0.6 + i / 10) },
      })),
    },
  ],
};

/** Two encoders: top probability saves, curiosity does not. */
export const cascade: CascadeSummary = {
  stages: [
    { name: 'encoder-small', millijoule: 3 },
    { name: 'encoder-large', millijoule: 17 },
  ],
  margin: 0.005,
  tradeOff: { plain: tradeOff, hard: tradeOff },
  chosen: [
    ['One stage alone', 'encoder-large', 0, 1],
    ['Cascade by top probability', '30 % past stage 1', -0.003, 0.46],
    ['Cascade by curiosity', '70 % past stage 1', 0.002, 0.82],
  ].map(([decision, setting, difference, energyShare]) => ({
    ...{ decision: String(decision), setting: String(setting) },
    plain: { difference: estimateNear(Number(difference)), energyShare: estimateNear(Number(energyShare)) },
    hard: { difference: estimateNear(-0.02), energyShare: estimateNear(0.7) },
  })),
};
