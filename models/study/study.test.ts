import { expect, test } from 'vitest';
import { quantizeExpert } from '../experts/quantize.ts';
import { precisionOf, type LatentExpert } from '../experts/expert.ts';
import { defaultRouterTraining, trainRouter } from '../training/train-router.ts';
import { asHeard, separable } from '../training/testing.ts';
import { defaultTraining, trainExpert } from '../training/train.ts';
import { buildExpert } from '../bank/build.ts';
import { expertLogits } from '../training/logits.ts';
import { predictedOf } from '../evaluation/answers.ts';
import { clipRows, windowRows } from '../report/answers.ts';
import { answering } from '../router/route.ts';
import { clipAnswers, mixtureLogits, routePatches, type Patches } from './answers.ts';
import { assessFold, randomDeals, type FoldInput } from './assess.ts';
import { bankKinds, expertKinds, kindOf } from './kinds.ts';
import { meanBitsOf } from './mean-bits.ts';
import { summarise } from './summarise.ts';

const bank = ['ternary', 'q4', 'q8'];
const small = { version: 1, hidden: [12, 8], epochs: 8, learningRate: 5e-3 };
const data = separable();

/** Samples of the data as clips of two patches each, their folds as given. */
function patches(from: number, to: number, fold: number): Patches {
  const clips = Array.from({ length: (to - from) / 6 }, (_, i) =>
    [0, 1, 2].map((label) => ({
      name: `${fold}-${from + 6 * i + label}`,
      source: data.groups[from + 6 * i + label]!,
      fold,
      label,
      patches: 2,
    })),
  ).flat();
  const embeddings = new Float32Array(clips.length * 2 * data.size);
  clips.forEach(({ label }, c) => {
    for (const half of [0, 1]) {
      const row = from + 6 * Math.floor(c / 3) + label + 3 * half;
      embeddings.set(
        data.embeddings.subarray(row * data.size, (row + 1) * data.size),
        (2 * c + half) * data.size,
      );
    }
  });
  return { clips, embeddings, size: data.size };
}

const experts: { kind: string; latent: LatentExpert }[] = [];
for (const kind of bank) {
  const { precision, name } = kindOf(kind);
  const { expert } = await trainExpert(data, { ...defaultTraining, ...small, name, precision });
  experts.push({ kind, latent: expert });
}
const trained = await trainRouter(
  data,
  await asHeard(
    experts.map(({ kind, latent }) => quantizeExpert(latent, kindOf(kind).precision)),
    data,
  ),
  { ...defaultRouterTraining, ...small, hidden: [8], name: 'router' },
);
const router = { ...quantizeExpert(trained.expert, 8), prior: trained.prior, routing: trained.routing };
const fold = (number: number): FoldInput => ({
  fold: number,
  classes: 3,
  experts,
  bank,
  router,
  alphas: [1, 20],
  test: patches(0, 60, number),
  validation: patches(60, 120, number),
  flips: { passes: [1, 10], draws: 4 },
  hard: [],
  seed: 1,
});

test('every kind of expert has its own id and name, and the bank rises in precision', () => {
  expect(new Set(expertKinds.map(({ id }) => id)).size).toBe(expertKinds.length);
  expect(new Set(expertKinds.map(({ name }) => name)).size).toBe(expertKinds.length);
  const bits = bankKinds.map((kind) => kind.bits);
  expect(bits).toEqual([...bits].sort((a, b) => a - b));
  expect(() => kindOf('q3')).toThrow(RangeError);
});

test('a clip’s probabilities are the mean of its patches’, its curiosity, too', () => {
  const clips = [
    { name: 'a', source: 's', fold: 1, label: 1, patches: 2 },
    { name: 'b', source: 't', fold: 1, label: 0, patches: 1 },
  ];
  const answers = clipAnswers({ clips }, Float32Array.of(0, 0, 0, 100, 100, 0), 2, [0.25, 0.75, 0.125]);
  expect(Array.from(answers[0]!.probabilities)).toEqual([0.25, 0.75]);
  expect(answers[1]!.probabilities[0]).toBeCloseTo(1, 12);
  expect(answers.map(({ curiosity }) => curiosity)).toEqual([0.5, 0.125]);
  expect(answers.map(({ truth }) => truth)).toEqual([1, 0]);
});

test('with one expert a patch a mixture says what that expert says, with two it mixes them by their gates', () => {
  const logits = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)];
  const route = (gate: number[], ranked: number[]) => ({
    gate: Float32Array.from(gate),
    curiosity: 0,
    ranked,
  });
  const routes = [route([0.25, 0.75], [1, 0]), route([0.5, 0.5], [0, 1])];
  const mixed = (topK: number) =>
    mixtureLogits(routes.map((one) => answering(one, topK)), logits, 2); // prettier-ignore
  expect([...mixed(1)]).toEqual([5, 6, 3, 4]);
  expect([...mixed(2)]).toEqual([4, 5, 5, 6]);
});

test('each patch is an inference of its own: the same ids draw the same masks, others draw others', () => {
  const { test: heard } = fold(1);
  const routing = { ...router.routing, passes: 3 };
  const routes = routePatches(router, heard, routing, 7);
  expect(routePatches(router, heard, routing, 7)).toEqual(routes);
  expect(routePatches(router, heard, routing, 8)[0]!.curiosity).not.toBe(routes[0]!.curiosity);
});

test('a fold is assessed with every expert, every control and every number of passes', async () => {
  const outcome = await assessFold(fold(1));
  expect(outcome.experts.map(({ name }) => name)).toEqual(['Ternary', '4-bit', '8-bit']);
  expect(outcome.mixtures.map(({ name }) => name)).toEqual([
    'Plain router',
    'Curiosity, α = 1',
    'Curiosity, α = 20',
    'Monte-Carlo passes, α = 0',
    'Random, equal mean bits',
    'Always Ternary',
    'Always 4-bit',
    'Always 8-bit',
  ]);
  const [plain, curious, keen, passes, random, ...always] = outcome.mixtures;
  // random routing uses every expert exactly as often as the mixture that it is held against
  expect(random!.chosen).toEqual(curious!.chosen);
  // the first deal is the one whose answers are told; the others differ in who answers what, not how often
  expect(random!.deals).toHaveLength(randomDeals);
  expect([...random!.deals![0]!]).toEqual(random!.answers.map(predictedOf));
  expect(passes!.variant).toEqual({ kind: 'curiosity', alpha: 0 });
  expect(passes!.answers.every(({ curiosity }) => curiosity! > 0)).toBe(true);
  // without passes there is no curiosity to tell errors by
  expect(plain!.answers.every(({ curiosity }) => curiosity === null)).toBe(true);
  expect(curious!.answers.some(({ curiosity }) => curiosity! > 0)).toBe(true);
  expect(meanBitsOf(keen!.chosen, bank)).toBeGreaterThan(meanBitsOf(curious!.chosen, bank));
  always.forEach((one, expert) => {
    expect(one.chosen.map(Boolean)).toEqual(bank.map((_, i) => i === expert));
    expect(one.answers.map((a) => Array.from(a.probabilities))).toEqual(
      outcome.experts[expert]!.answers.map((a) => Array.from(a.probabilities)),
    );
  });
  expect(outcome.flips.map(({ passes }) => passes)).toEqual([1, 10]);
  expect(outcome.experts.every(({ temperature }) => temperature! > 0)).toBe(true);
});

test('where two experts answer together, random routing deals out both, and mean bits count both', async () => {
  const two = await assessFold({
    ...fold(1),
    router: { ...router, routing: { ...router.routing, topK: 2 } },
  });
  const [, curious, , , random] = two.mixtures;
  const patchesOfAll = fold(1).test.embeddings.length / data.size;
  expect(curious!.chosen.reduce((sum, one) => sum + one, 0)).toBeCloseTo(patchesOfAll, 3);
  expect(curious!.chosen.some((one) => !Number.isInteger(one))).toBe(true);
  random!.chosen.forEach((one, expert) => expect(one).toBeCloseTo(curious!.chosen[expert]!, 3));
  expect(meanBitsOf(random!.chosen, bank)).toBeCloseTo(meanBitsOf(curious!.chosen, bank), 3);
});

test('all folds together give scores, tests of every question and usage that adds up', async () => {
  const folds = [await assessFold(fold(1)), await assessFold(fold(2))];
  const summary = summarise({
    classes: 3,
    bank,
    folds,
    experts: experts.map(({ kind }) => ({
      kind,
      detail: '',
      parameters: 1,
      zeroWeights: null,
      imageBytes: null,
      flashBytes: null,
      ramBytes: null,
      losses: [],
      cost: null,
      trainingSeconds: { value: 60, source: 'measured' },
      agreement: null,
    })),
    mixtureCosts: new Map(),
    prices: null,
    mixtureTrainingSeconds: { value: 200, source: 'measured' },
    routerLosses: [],
    flipDraws: 4,
    alpha: 1,
    bootstrap: { resamples: 50, seed: 1, level: 0.95 },
    margin: 0.05,
  });
  expect(summary.experts.map(({ scores }) => scores.clips)).toEqual([60, 60, 60]);
  expect(summary.experts[2]!.scores.accuracy.pooled.value).toBeGreaterThan(0.8);
  for (const { usage } of summary.mixtures)
    expect(usage.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(new Set([...summary.tests, ...summary.notRun].map(({ question }) => question))).toEqual(
    new Set([
      '4-bit against higher precision',
      'Curiosity against plain and random routing',
      'Mixture against one expert',
      'Curiosity against top probability',
    ]),
  );
  expect(summary.tests.every(({ family, question }) => family.startsWith(`${question}: `))).toBe(true);
  expect(summary.tests.every(({ p, adjusted }) => p >= 0 && adjusted >= p && adjusted <= 1)).toBe(true);
  // a mixture is charged with what it consists of, an expert alone with itself
  expect(summary.mixtures.map(({ kind, trainingSeconds }) => [kind, trainingSeconds!.value])).toEqual(
    summary.mixtures.map(({ kind }) => [kind, kind === 'always' ? 60 : 200]),
  );
  const { deals, accuracy } = summary.mixtures.find(({ kind }) => kind === 'random')!.deals!;
  const each = Array.from({ length: deals }, (_, deal) => {
    const right = folds.flatMap(({ mixtures }) => {
      const { answers, deals: dealt } = mixtures.find(({ variant }) => variant.kind === 'random')!;
      return answers.filter(({ truth }, clip) => dealt![deal]![clip] === truth);
    });
    return right.length / 60;
  });
  expect(accuracy.value).toBeCloseTo(each.reduce((sum, one) => sum + one, 0) / deals, 12);
  expect(accuracy.low).toBeLessThanOrEqual(accuracy.value);
  expect(summary.flips.points.map(({ passes }) => passes)).toEqual([1, 10]);
});

test('an expert alone is assessed without mixtures', async () => {
  const outcome = await assessFold({ ...fold(1), router: null });
  expect(outcome.mixtures).toEqual([]);
  expect(outcome.experts).toHaveLength(3);
});

test('an expert keeps the precision of its kind', () => {
  for (const { kind, latent } of experts) {
    expect(precisionOf(quantizeExpert(latent, kindOf(kind).precision))).toBe(kindOf(kind).precision);
  }
});

test('answers told window by window add up to those told clip by clip, and to how often each expert answered', async () => {
  const outcome = await assessFold(fold(1));
  const names = bank.map((kind) => kindOf(kind).name);
  const models = [...outcome.experts, ...outcome.mixtures].map((one) => ({
    ...one,
    stages: 'features+expert',
  }));
  const told = { classes: ['a', 'b', 'c'], bank: names, hopS: 0.48 };
  const files = { ...told, folds: [{ seed: 4, hard: () => [], patches: outcome.patches, models }] };

  const read = (parts: Iterable<string>) =>
    [...parts]
      .join('')
      .trimEnd()
      .split('\r\n')
      .map((line) =>
        (line.match(/("[^"]*"|[^,]*)(,|$)/g) ?? []).map((cell) => cell.replace(/,$/, '').replaceAll('"', '')),
      );
  const [clipHead, ...clips] = read(clipRows(files));
  const [, ...windows] = read(windowRows(files));
  const first = clipHead!.indexOf('P(a)');
  expect(clips).toHaveLength(models.length * outcome.patches.length);
  expect(windows).toHaveLength(models.length * outcome.patches.reduce((sum, one) => sum + one, 0));
  for (const clip of clips) {
    const [model, seed, number, name, source, truth] = clip;
    expect([seed, number, truth]).toEqual(['4', '1', expect.stringMatching(/^[abc]$/)]);
    const own = windows.filter((one) => one[0] === model && one[3] === name);
    expect(own.map((one) => [one[4], one[5], one[6]])).toEqual([
      [source, '0', '0'],
      [source, '1', '0.48'],
    ]);
    for (const c of [0, 1, 2]) {
      const mean = own.reduce((sum, one) => sum + Number(one[12 + c]), 0) / own.length;
      expect(Number(clip[first + c])).toBeCloseTo(mean, 6);
    }
  }
  for (const { name, chosen } of outcome.mixtures) {
    const answered = windows.filter((one) => one[0] === name).map((one) => one[9]);
    expect(names.map((expert) => answered.filter((one) => one === expert).length)).toEqual(chosen);
  }
});

test('the linear probe is an expert without a hidden layer, which a board could run as well', async () => {
  const { precision, name, hidden } = kindOf('linear');
  const { expert } = await trainExpert(data, { ...defaultTraining, ...small, hidden: hidden!, name, precision });
  expect(expert.layers.map(({ kind, inputs, outputs }) => [kind, inputs, outputs])).toEqual([['linear', data.size, 3]]);
  const logits = await expertLogits(quantizeExpert(expert, precision), data);
  const right = [...data.labels].filter((label, row) => {
    const mine = [...logits.subarray(3 * row, 3 * row + 3)];
    return mine.indexOf(Math.max(...mine)) === label;
  });
  expect(right.length / data.labels.length).toBeGreaterThan(0.9);
  expect(buildExpert(expert, precision, null).image.length).toBeGreaterThan(0);
}); // prettier-ignore
