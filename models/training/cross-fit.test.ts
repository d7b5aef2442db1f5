import { beforeAll, describe, expect, test } from 'vitest';
import { quantizeExpert } from '../experts/quantize.ts';
import type { Expert } from '../experts/expert.ts';
import { route } from '../router/route.ts';
import { crossFitOf, heldOutLogits, withoutPart } from './cross-fit.ts';
import type { TrainingData } from './data.ts';
import { expertLogits } from './logits.ts';
import { Random } from './random.ts';
import { splitOf } from './split.ts';
import { complete } from './course.ts';
import { asHeard, separable } from './testing.ts';
import { defaultTraining, expertCourse, type TrainingOptions } from './train.ts';
import { defaultRouterTraining, routerCourse, routerOf, type RouterOptions } from './train-router.ts';

describe('parts of the training sources', () => {
  const data = separable();
  const split = splitOf(data, { validationShare: 0.25, seed: 1 });
  const fit = crossFitOf(data, split, 1);

  test('hold every training source once, each class spread over all of them, and no validating one', () => {
    expect(fit.parts).toBe(3);
    expect([...fit.partOf.keys()].sort()).toEqual([...new Set(split.training.map((row) => data.groups[row]!))].sort());
    for (const label of [0, 1, 2]) {
      const mine = [...fit.partOf].filter(([source]) => source.startsWith(`${label}-`));
      expect(mine.map(([, part]) => part).sort()).toEqual([0, 1, 2]);
    }
  }); // prettier-ignore

  test('are dealt alike by the same seed and otherwise by others', () => {
    expect(crossFitOf(data, split, 1)).toEqual(fit);
    const others = [2, 3, 4].map((seed) => [...crossFitOf(data, split, seed).partOf]);
    expect(others.some((one) => JSON.stringify(one) !== JSON.stringify([...fit.partOf]))).toBe(true);
  });

  test('are no more than a class has training sources', () => {
    const few = { ...data, groups: data.groups.map((source) => source.replace(/[23]$/, '1')) };
    expect(crossFitOf(few, splitOf(few, { validationShare: 0.25, seed: 1 }), 1).parts).toBe(0);
  });

  test('leave an expert nothing of a part, mixed or not', () => {
    const [first, second] = ['0-0', '1-1'];
    const mixed: TrainingData = {
      ...data,
      mixed: {
        targets: new Float32Array(data.labels.length * 3),
        seconds: data.groups.map((source, i) => (i < 60 ? null : source === first ? second! : first!)),
      },
    };
    const both = splitOf(mixed, { validationShare: 0.25, seed: 1 });
    const parts = crossFitOf(mixed, both, 1);
    for (const part of [0, 1, 2]) {
      const { training, validation } = withoutPart(mixed, both, parts, part);
      expect(validation).toEqual(both.validation);
      const heard = training.flatMap((row) => [mixed.groups[row]!, mixed.mixed!.seconds[row] ?? []].flat());
      expect(heard.some((source) => parts.partOf.get(source) === part)).toBe(false);
    }
  });
});

const signals = 12;
const noises = 240;
const size = signals + noises;

/**
 * Two ways to tell the class. The first numbers tell it four times out of five, whatever the source; the others are a
 * fingerprint of the source with a trace of the class: enough to remember every source by, hardly any help with new ones.
 */
function remembered(sources: number, seed: number): TrainingData {
  const random = new Random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const embeddings: number[] = [];
  const [labels, groups]: [number[], string[]] = [[], []];
  for (let source = 0; source < sources; source++) {
    const label = source % 3;
    const told = random.uniform() < 0.65 ? label : (label + 1) % 3;
    const print = Array.from({ length: noises }, (_, i) => normal() + (i % 3 === label ? 0.15 : 0));
    for (let sample = 0; sample < 3; sample++) {
      for (let i = 0; i < signals; i++) embeddings.push((i % 3 === told ? 2 : 0) + 0.5 * normal());
      for (const one of print) embeddings.push(one + 0.1 * normal());
      labels.push(label);
      groups.push(`${seed}-${source}`);
    }
  }
  return {
    embeddings: Float32Array.from(embeddings),
    size,
    labels: Int32Array.from(labels),
    groups,
    classes: ['a', 'b', 'c'],
  };
} // prettier-ignore

/** Numbers outside of a range as they never vary: an expert trained on them does not see them. */
const seeing = (data: TrainingData, from: number, to: number): TrainingData => ({
  ...data,
  embeddings: data.embeddings.map((value, at) => (at % size >= from && at % size < to ? value : 0)),
});

describe('a router over an expert that generalizes and one that remembers', () => {
  const data = remembered(150, 3);
  const fresh = remembered(150, 4);
  const split = splitOf(data, { validationShare: 0.2, seed: 1 });
  const fit = crossFitOf(data, split, 1);
  const expertOptions: TrainingOptions = {
    ...defaultTraining,
    ...{ name: '', version: 1, hidden: [24], precision: 32, epochs: 12, learningRate: 5e-3, dropout: 0 },
  };
  const options: RouterOptions = {
    ...defaultRouterTraining,
    ...{
      name: 'router',
      version: 1,
      hidden: [16],
      epochs: 12,
      learningRate: 2e-2,
      batch: 16,
      loadBalancing: 0,
      dropout: 0,
    },
  };
  let experts: Expert[];
  let held: Float32Array[];

  /** The one that sees the signal, the one that sees the fingerprint. */
  async function bank(without: number | null): Promise<Expert[]> {
    const trained: Expert[] = [];
    for (const part of [seeing(data, 0, signals), seeing(data, signals, size)]) {
      const course = await expertCourse(part, expertOptions, null, without);
      trained.push(quantizeExpert((await complete(course)).expert, 32));
    }
    return trained;
  }

  const rightOf = (logits: Float32Array, { labels }: TrainingData, rows: readonly number[]) =>
    rows.filter((row) => {
      const mine = [...logits.subarray(row * 3, row * 3 + 3)];
      return mine.indexOf(Math.max(...mine)) === labels[row];
    }).length / rows.length;
  const all = [...fresh.labels.keys()];

  /** Share of new sounds that go to the expert that generalizes, and of right answers. */
  async function routed(logits: readonly Float32Array[]) {
    const router = routerOf(await complete(await routerCourse(data, { experts, logits }, options)), 8);
    const choices = all.map(
      (row) =>
        route(router, fresh.embeddings.subarray(row * size, (row + 1) * size), row, {
          ...router.routing,
          alpha: 0,
        }).ranked[0]!,
    );
    const said: Float32Array[] = [];
    for (const expert of experts) said.push(await expertLogits(expert, fresh));
    const mixed = Float32Array.from({ length: 3 * all.length }, (_, at) => said[choices[Math.floor(at / 3)]!]![at]!);
    return { first: choices.filter((one) => one === 0).length / all.length, right: rightOf(mixed, fresh, all) };
  } // prettier-ignore

  beforeAll(async () => {
    experts = await bank(null);
    const ofParts: Expert[][] = [];
    for (let part = 0; part < fit.parts; part++) ofParts.push(await bank(part));
    held = await heldOutLogits(data, split, fit, experts, ofParts);
  });

  test('is given what experts say of sounds that they have not heard, each sound once', async () => {
    const [knows, remembers] = [await expertLogits(experts[0]!, data), await expertLogits(experts[1]!, data)];
    const rows = split.training;
    // what was heard makes the one that remembers look the better, what was not heard shows that it is the worse
    expect(rightOf(remembers, data, rows)).toBeGreaterThan(rightOf(knows, data, rows) + 0.15);
    expect(rightOf(held[1]!, data, rows)).toBeLessThan(rightOf(held[0]!, data, rows) - 0.1);
    expect(held.every((logits) => logits.every((logit) => !Number.isNaN(logit)))).toBe(true);
    for (const row of split.validation) expect(held[0]!.subarray(3 * row, 3 * row + 3)).toEqual(knows.subarray(3 * row, 3 * row + 3));
  }); // prettier-ignore

  test('finds the one that generalizes, which it does not from what was heard', async () => {
    const heard = await asHeard(experts, data);
    const [crossFitted, before] = [await routed(held), await routed(heard.logits)];
    expect(crossFitted.first).toBeGreaterThan(0.9);
    expect(before.first).toBeLessThan(0.6);
    expect(crossFitted.right).toBeGreaterThan(before.right + 0.05);
  });

  test('leaves out samples that are mixed of two parts, of which no expert has heard nothing', async () => {
    const seconds = data.groups.map((_, i) => (i % 2 === 0 ? null : data.groups[(i + 30) % data.groups.length]!));
    const targets = new Float32Array(3 * data.labels.length).fill(1 / 3);
    const mixed: TrainingData = { ...data, mixed: { targets, seconds } };
    const both = splitOf(mixed, { validationShare: 0.2, seed: 1 });
    const parts = crossFitOf(mixed, both, 1);
    const logits = await heldOutLogits(mixed, both, parts, experts, [experts, experts, experts]);
    const silent = both.training.filter((row) => Number.isNaN(logits[0]![3 * row]!));
    expect(silent.length).toBeGreaterThan(0);
    expect(silent).toEqual(
      both.training.filter((row) => {
        const second = seconds[row];
        return second && parts.partOf.get(second) !== parts.partOf.get(data.groups[row]!);
      }),
    );
  }); // prettier-ignore
});
