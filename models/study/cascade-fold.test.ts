import { oneStage } from '../report/cascade-words.ts';
import { expect, test } from 'vitest';
import { mean } from '../evaluation/moments.ts';
import { Random } from '../training/random.ts';
import { defaultRouterTraining } from '../training/train-router.ts';
import { defaultTraining } from '../training/train.ts';
import type { Patches } from './answers.ts';
import { cheapestWithin } from './cascade-choice.ts';
import { trainCascade, type StageData } from './cascade-fold.ts';
import { cascadesOf } from './cascade.ts';

const classes = 3;
const [windowsEach, size] = [2, 18];

/** Clips of which a part is hard: the first stage hears nothing of their class, but that they are hard. */
function stage(name: string, hearsAll: boolean): StageData {
  const random = new Random(7);
  const sides = { training: 120, validation: 36, test: 60 };
  const patchesOf = (side: string, count: number) => {
    const clips = Array.from({ length: count }, (_, i) => ({
      ...{ name: `${side} ${i}`, source: `${side} ${i}`, fold: 1, label: i % classes, patches: windowsEach },
    }));
    const embeddings = Float32Array.from({ length: count * windowsEach * size }, (_, at) => {
      const clip = Math.floor(at / (windowsEach * size));
      const isHard = clip % 5 < 2;
      const number = at % size;
      const noise = 2 * random.uniform() - 1;
      if (number >= 12) return (isHard ? 2 : 0) + noise / 4;
      const tells = number % classes === clip % classes && (hearsAll || !isHard);
      return (tells ? 2 : 0) + noise;
    });
    return { clips, embeddings, size };
  };
  const [training, validation, test] = Object.entries(sides).map(([side, count]) => patchesOf(side, count));
  const rows = (of: Patches) => of.clips.flatMap((clip) => Array.from({ length: windowsEach }, () => clip));
  return {
    name,
    training: {
      ...{ embeddings: training!.embeddings, size },
      labels: Int32Array.from(rows(training!), ({ label }) => label),
      groups: rows(training!).map(({ source }) => source),
      classes: ['a', 'b', 'c'],
    },
    validation: validation!,
    test: test!,
    hard: [],
  };
}

const price = (millijoule: number) => ({ us: 10 * millijoule, millijoule });
const options = { ...defaultTraining, version: 1, hidden: [16], epochs: 20, precision: 8 } as const;
const router = { ...defaultRouterTraining, hidden: [16], epochs: 10, curiosityQuantile: 1 };

test('a cascade that is trained sends hard windows on, and saves without losing', async () => {
  const stages = [stage('small', false), stage('large', true)];
  const { answers, experts, deciding } = await trainCascade({ fold: 1, stages, options, router });
  expect(experts.map(({ name }) => name)).toEqual(['small', 'large']);
  expect([...deciding.keys()]).toEqual(['top-probability', 'entropy', 'curiosity', 'gate']);

  // The gate tells hard windows from others, and so does the first expert's doubt.
  for (const [decision, apart] of [
    ['gate', 0.2],
    ['entropy', 0.05],
  ] as const) {
    const scores = [...answers.test.scores.get(decision)!];
    const of = (isHard: boolean) => scores.filter((_, i) => Math.floor(i / windowsEach) % 5 < 2 === isHard);
    expect(mean(of(true))).toBeGreaterThan(mean(of(false)) + apart);
  }
  const prices = {
    ...{ shared: price(2), stages: [price(1), price(30)], alone: [price(3), price(32)] },
    deciding: new Map(),
    source: 'modelled' as const,
  };
  const priced = (side: 'held' | 'test') => cascadesOf([[answers]], ['small', 'large'], prices, side);
  const told = cheapestWithin(
    { held: priced('held'), test: priced('test'), hard: null },
    {
      reference: { decision: oneStage, setting: 'large' },
      ...{ classes, margin: 0.005, bootstrap: { resamples: 20, seed: 1, level: 0.95 } },
    },
  );
  const gate = told.find(({ decision }) => decision === 'Cascade by a learned gate')!;
  expect(gate.plain.difference.value).toBeGreaterThan(-0.05);
  expect(gate.plain.energyShare.value).toBeLessThan(0.75);
});

test('stages that are not of the same clips are refused', async () => {
  const large = stage('large', true);
  const other = { ...large, test: { ...large.test, clips: [...large.test.clips].reverse() } };
  await expect(
    trainCascade({ fold: 1, stages: [stage('small', false), other], options, router }),
  ).rejects.toMatchObject({ code: 'TRAINING_FAILED' });
});
