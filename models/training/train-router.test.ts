import { beforeAll, describe, expect, test } from 'vitest';
import { quantizeExpert } from '../experts/quantize.ts';
import { restoreExpert, storeExpert } from '../experts/store.ts';
import type { Expert } from '../experts/expert.ts';
import { alwaysExpert, randomAtEqualBits } from '../router/controls.ts';
import { bitsOfPrecision } from '../router/prior.ts';
import { answering, mixedLogits, route, routeOf } from '../router/route.ts';
import type { UnboundRouter } from '../router/router.ts';
import type { TrainingData } from './data.ts';
import { expertLogits } from './logits.ts';
import { Random } from './random.ts';
import { splitOf } from './split.ts';
import { asHeard } from './testing.ts';
import { defaultTraining, trainExpert, type TrainingOptions } from './train.ts';
import {
  defaultRouterTraining,
  routerCourse,
  routerOf,
  trainRouter,
  type RouterOptions,
  type TrainedRouter,
} from './train-router.ts';

const [size, samples] = [24, 480];

/**
 * Two regimes, told by the first third of the numbers, from −1 to 1 without a gap between them. The rest tells the
 * class, but in the second regime by another pattern: what answers one regime is wrong in the other.
 */
function twoRegimes(): { data: TrainingData; regime: Float32Array } {
  const random = new Random(11);
  const regime = Float32Array.from({ length: samples }, () => 2 * random.uniform() - 1);
  const labels = Int32Array.from({ length: samples }, (_, i) => i % 3);
  const embeddings = Float32Array.from({ length: samples * size }, (_, at) => {
    const [i, number] = [Math.floor(at / size), at % size];
    const noise = 2 * random.uniform() - 1;
    if (number < 8) return 1.5 * regime[i]! + noise;
    const pattern = regime[i]! < 0 ? labels[i]! : (labels[i]! + 1) % 3;
    return (number % 3 === pattern ? 2 : 0) + noise;
  });
  const groups = Array.from({ length: samples }, (_, i) => `${i % 3}-${Math.floor(i / 3) % 8}`);
  return { data: { embeddings, size, labels, groups, classes: ['a', 'b', 'c'] }, regime };
}

function only(
  { data, regime }: ReturnType<typeof twoRegimes>,
  wanted: (regime: number) => boolean,
): TrainingData {
  const rows = [...regime.keys()].filter((i) => wanted(regime[i]!));
  return {
    ...data,
    embeddings: Float32Array.from(
      rows.flatMap((i) => [...data.embeddings.subarray(i * size, (i + 1) * size)]),
    ),
    labels: Int32Array.from(rows, (i) => data.labels[i]!),
    groups: rows.map((i) => data.groups[i]!),
  };
}

const expertOptions: TrainingOptions = {
  ...defaultTraining,
  name: '',
  version: 1,
  hidden: [16, 8],
  epochs: 20,
  learningRate: 5e-3,
};
const options: RouterOptions = {
  ...defaultRouterTraining,
  name: 'router',
  version: 1,
  hidden: [16, 8],
  learningRate: 5e-3,
  epochs: 40,
  validationShare: 0.4,
};
const both = twoRegimes();
const { data, regime } = both;
const precisions = ['ternary', 4, 8] as const;
const bits = precisions.map(bitsOfPrecision);
let experts: Expert[];
let trained: TrainedRouter;
let router: UnboundRouter;
const embedding = (row: number) => data.embeddings.subarray(row * size, (row + 1) * size);

/** The ternary expert knows the first regime, the 8-bit one the second, the 4-bit one the first and a little more. */
beforeAll(async () => {
  const knows = [(r: number) => r < 0, (r: number) => r < 0.2, (r: number) => r >= 0];
  experts = [];
  for (const [e, precision] of precisions.entries()) {
    const { expert } = await trainExpert(only(both, knows[e]!), {
      ...expertOptions,
      name: `${precision}`,
      precision,
    });
    experts.push(quantizeExpert(expert, precision));
  }
  trained = await trainRouter(data, await asHeard(experts, data), options);
  router = routerOf(trained, options.precision);
});

describe('a trained router', () => {
  test('beats every one of its experts, which know half of the inputs each', async () => {
    const { validation } = splitOf(data, options);
    const logits: Float32Array[] = [];
    for (const expert of experts) logits.push(await expertLogits(expert, data));
    const top = (values: Float32Array) => values.indexOf(Math.max(...values));
    const share = (choose: (row: number) => Float32Array) =>
      validation.filter((row) => top(choose(row)) === data.labels[row]).length / validation.length;
    const of = (row: number) => logits.map((all) => all.subarray(row * 3, row * 3 + 3));
    const alone = experts.map((_, e) => share((row) => of(row)[e]!));
    const mixture = (topK: number) =>
      share((row) =>
        mixedLogits(
          answering(route(router, embedding(row), row, { ...router.routing, alpha: 0 }), topK),
          of(row),
        ),
      );
    expect(mixture(1)).toBeGreaterThan(Math.max(...alone) + 0.1);
    expect(mixture(3)).toBeGreaterThan(Math.max(...alone) + 0.1);
  });

  test('is a network whose hidden layers draw dropout, with the recipe’s routing', () => {
    expect(router.layers.map(({ kind, dropout, outputs }) => [kind, dropout ?? false, outputs])).toEqual([
      ['bitlinear', true, 16],
      ['bitlinear', true, 8],
      ['linear', false, 3],
    ]);
    expect(router.labels).toEqual(['ternary', '4', '8']);
    expect([...router.prior].map((b) => b.toFixed(3))).toEqual(['0.000', '0.376', '1.000']);
    expect(router.routing).toMatchObject({ passes: 10, topK: 1, seed: 1, dropout: Math.fround(0.195) });
  });

  test('has the 95 % quantile of curiosity over validation samples as its scale', () => {
    const { validation } = splitOf(data, options);
    const above = validation.filter(
      (row, i) => route(router, embedding(row), i).curiosity > router.routing.curiosityScale,
    );
    expect(above.length).toBe(validation.length - Math.ceil(0.95 * validation.length));
  });

  test('comes back from storage with its dropout', () => {
    const { description, weights } = storeExpert(trained.expert);
    expect(restoreExpert(JSON.parse(JSON.stringify(description)), weights)).toEqual(trained.expert);
  });
});

describe('alpha', () => {
  const alphas = [0, 0.5, 1, 2, 4];
  const rows = Array.from({ length: samples }, (_, i) => i);
  const choices = (alpha: number) =>
    rows.map((row) => route(router, embedding(row), row, { ...router.routing, alpha }).ranked[0]!);
  const meanBits = (chosen: number[], among: number[]) =>
    among.reduce((sum, row) => sum + bits[chosen[row]!]!, 0) / among.length;
  /** The quarters of the inputs with the most and with the least curiosity. */
  const quartiles = () => {
    const curiosity = rows.map((row) => route(router, embedding(row), row).curiosity);
    const sorted = [...rows].sort((a, b) => curiosity[b]! - curiosity[a]!);
    return { doubtful: sorted.slice(0, samples / 4), certain: sorted.slice(-samples / 4) };
  };

  test('moves uncertain inputs to experts of higher precision, the more of them the larger it is', () => {
    const { doubtful, certain } = quartiles();
    const moved = alphas.map((alpha) => meanBits(choices(alpha), doubtful));
    moved.slice(1).forEach((mean, i) => expect(mean).toBeGreaterThan(moved[i]!));
    const stayed = alphas.map((alpha) => meanBits(choices(alpha), certain));
    expect(stayed.at(-1)! - stayed[0]!).toBeLessThan((moved.at(-1)! - moved[0]!) / 4);
  });

  test('finds its uncertain inputs between the regimes', () => {
    const { doubtful, certain } = quartiles();
    const distance = (among: number[]) =>
      among.reduce((sum, row) => sum + Math.abs(regime[row]!), 0) / among.length;
    expect(distance(doubtful)).toBeLessThan(0.7 * distance(certain));
  });

  test('of 0 gives exactly the plain router: the mean over the passes, normalised', () => {
    for (const row of rows.slice(0, 60)) {
      const routed = route(router, embedding(row), row, { ...router.routing, alpha: 0 });
      const flat = route({ ...router, prior: new Float32Array(3) }, embedding(row), row, {
        ...router.routing,
        alpha: 50,
      });
      expect(routed).toEqual(flat);
    }
    const passes = [Float32Array.of(0.7, 0.3, 0), Float32Array.of(0.5, 0.25, 0.25)];
    const { gate } = routeOf(passes, router.prior, { alpha: 0, curiosityScale: 1e-9 });
    expect([...gate]).toEqual([0.6, 0.275, 0.125].map(Math.fround));
  });

  test('is compared with random routing at equal mean bits and with one expert for all', () => {
    const chosen = choices(1);
    const random = randomAtEqualBits(chosen, 7);
    expect(meanBits(random, rows)).toBeCloseTo(meanBits(chosen, rows), 10);
    expect([...random].sort()).toEqual([...chosen].sort());
    expect(random).not.toEqual(chosen);
    expect(randomAtEqualBits(chosen, 7)).toEqual(random);
    expect(randomAtEqualBits(chosen, 8)).not.toEqual(random);
    // Dealt at random, the uncertain quarter gets the bits that all others get, up to chance.
    const { doubtful } = quartiles();
    const spread = Math.sqrt(
      rows.reduce((sum, row) => sum + (bits[chosen[row]!]! - meanBits(chosen, rows)) ** 2, 0) / samples,
    );
    expect(Math.abs(meanBits(random, doubtful) - meanBits(random, rows))).toBeLessThan(
      (3 * spread) / Math.sqrt(samples / 4),
    );
    expect(alwaysExpert(2, 3)).toEqual(new Array(3).fill([{ expert: 2, share: 1 }]));
  });
});

describe('the load-balancing loss', () => {
  test('evens the experts’ use out', async () => {
    const use = async (loadBalancing: number) => {
      const balanced = routerOf(
        await trainRouter(data, await asHeard(experts, data), { ...options, loadBalancing, epochs: 10 }),
        8,
      );
      const mean = [0, 0, 0];
      for (let row = 0; row < samples; row++) {
        route(balanced, embedding(row), row, { ...router.routing, alpha: 0 }).gate.forEach(
          (g, e) => (mean[e]! += g / samples),
        );
      }
      return mean.reduce((sum, m) => sum + m * m, 0);
    };
    const [free, even] = [await use(0), await use(30)];
    expect(even).toBeLessThan(free);
    expect(even).toBeLessThan(0.36);
  });
});

test('a router’s course goes on from a checkpoint as if it had never been interrupted', async () => {
  const short = { ...options, epochs: 4 };
  const whole = await trainRouter(data, await asHeard(experts, data), short);
  const course = await routerCourse(data, await asHeard(experts, data), short);
  while (course.epochs < 2.5) course.step();
  const checkpoint = course.checkpoint();
  course.dispose();
  const resumed = await routerCourse(data, await asHeard(experts, data), short, checkpoint);
  while (!resumed.done) resumed.step();
  expect(resumed.result()).toEqual(whole);
  resumed.dispose();
  await expect(
    routerCourse(data, await asHeard(experts.slice(0, 2), data), short, checkpoint),
  ).rejects.toMatchObject({
    code: 'TRAINING_FAILED',
  });
});
