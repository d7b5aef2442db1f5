import { describe, expect, test } from 'vitest';
import type { ClipAnswer } from './answers.ts';
import { modelScores, type ModelScores } from './scores.ts';
import { meanOver, seedSpread, type Training } from './trainings.ts';

/** Yields of dyestuff of six batches, five samples each (Davies 1947, table 6.1; Box & Tiao 1973, section 5.1.2). */
const dyestuff = [
  [1545, 1440, 1440, 1520, 1580],
  [1540, 1555, 1490, 1560, 1495],
  [1595, 1550, 1605, 1510, 1560],
  [1445, 1440, 1595, 1465, 1545],
  [1595, 1630, 1515, 1635, 1625],
  [1520, 1455, 1450, 1480, 1445],
];

test('what seeds and what folds make of a score are told apart as the published components of dyestuff are', () => {
  const spread = seedSpread(dyestuff, [1, 2, 3, 4, 5])!;
  // mean squares 2451.25 within and 11271.5 between: √2451.25, and √((11271.5 − 2451.25) / 5)
  expect(spread.within).toBeCloseTo(49.51, 2);
  expect(spread.between).toBeCloseTo(42.0, 2);
  expect(spread.values.map(({ value }) => value)).toEqual(
    [0, 1, 2, 3, 4].map((seed) => dyestuff.reduce((sum, row) => sum + row[seed]!, 0) / 6),
  );
});

test('folds that differ by no more than their seeds have no spread of their own, one fold has none, one seed tells nothing', () => {
  const spread = seedSpread([[0.5, 0.9], [0.9, 0.5]], [1, 2])!; // prettier-ignore
  expect(spread).toMatchObject({ deviation: 0, between: 0 });
  expect(spread.within).toBeCloseTo(0.4 * Math.SQRT1_2, 12);
  expect(seedSpread([[0.5, 0.9]], [1, 2])!.between).toBeNull();
  expect(seedSpread([[0.5], [0.9]], [1])).toBeNull();
});

test('a seed that was trained several times counts once, by the mean of its trainings', () => {
  expect(seedSpread([[0, 1, 3, 5]], [1, 1, 2, 2])!.values).toEqual([
    { seed: 1, value: 0.5 },
    { seed: 2, value: 4 },
  ]);
});

test('what one training cannot tell has no mean', () => {
  const tell = (...numbers: number[]) => () => numbers; // prettier-ignore
  expect(meanOver([tell(1, 2, NaN), tell(3, 4, 5)])([0])).toEqual([2, 3, NaN]);
});

describe('scores of a model that was trained twice', () => {
  /** Eight clips of four sources in two folds. @param right of them */
  const training = (seed: number, right: readonly number[], top: number): Training => ({
    seed,
    temperatures: new Map([[1, 1], [2, seed]]), // prettier-ignore
    answers: Array.from({ length: 8 }, (_, i): ClipAnswer => {
      const truth = i % 2;
      const said = right.includes(i) ? truth : 1 - truth;
      return {
        clip: `${i}`,
        source: `source ${i >> 1}`,
        fold: i < 4 ? 1 : 2,
        truth,
        probabilities: said === 0 ? [top, 1 - top] : [1 - top, top],
        curiosity: null,
      };
    }),
  });
  const options = { resamples: 400, seed: 1, level: 0.95 };
  const first = training(1, [0, 1, 2, 4], 0.75);
  const second = training(2, [0, 1, 2, 3, 4, 5], 0.9);
  const scores = modelScores([first, second], 2, options);

  test('are the means of both, of every fold and of all clips', () => {
    expect(scores.clips).toBe(8);
    expect(scores.accuracy.folds.map(({ value, clips }) => [value, clips])).toEqual([
      [(0.75 + 1) / 2, 4],
      [(0.25 + 0.5) / 2, 4],
    ]);
    expect(scores.accuracy.pooled.value).toBeCloseTo((4 / 8 + 6 / 8) / 2, 12);
    expect(scores.accuracy.seeds).toMatchObject({
      values: [
        { seed: 1, value: 0.5 },
        { seed: 2, value: 0.75 },
      ],
    });
    // both folds differ by 0.25 from seed to seed; their means by 0.5
    expect(scores.accuracy.seeds!.within).toBeCloseTo(0.25 * Math.SQRT1_2, 12);
    expect(scores.accuracy.seeds!.between).toBeCloseTo(Math.sqrt(0.125 - 0.03125 / 2), 12);
    expect(scores.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(16);
  });

  test('of calibration and of errors told too, drawings at equal steps', () => {
    const alone = [first, second].map((one) => modelScores([one], 2, options));
    const meanOf = (of: (one: ModelScores) => number) => (of(alone[0]!) + of(alone[1]!)) / 2;
    for (const measure of ['ece', 'brier', 'nll'] as const)
      expect(scores.calibration.plain[measure]).toBeCloseTo(
        meanOf(({ calibration }) => calibration.plain[measure]),
        12,
      );
    for (const measure of ['auroc', 'aurc', 'augrc'] as const) {
      const mean = meanOf(({ uncertainty }) => uncertainty[0]![measure]!);
      expect(scores.uncertainty[0]![measure]).toBeCloseTo(mean, 12);
      expect(scores.uncertainty[0]!.estimates![measure]!.value).toBeCloseTo(mean, 12);
    }
    const bins = scores.calibration.plain.bins.filter(({ clips }) => clips > 0);
    expect(bins.map(({ clips, accuracy }) => [clips, accuracy])).toEqual([
      [8, 0.5],
      [8, 0.75],
    ]);
    const { curve, histogram } = scores.uncertainty[0]!;
    expect(curve).toHaveLength(100);
    // all clips of a training are equally certain: half way a training has half of its errors, of all clips
    expect(curve[49]!.generalizedRisk).toBeCloseTo((0.5 + 0.25) / 4, 12);
    expect(curve.at(-1)!.risk).toBeCloseTo((0.5 + 0.25) / 2, 12);
    expect([...histogram.right, ...histogram.wrong].reduce((sum, count) => sum + count, 0)).toBe(16);
    expect(scores.roc.macro.auc).toBeCloseTo(
      meanOf(({ roc }) => roc.macro.auc!),
      12,
    );
    expect(scores.calibration.scaled!.temperatures).toEqual([
      { fold: 1, seed: 1, temperature: 1 },
      { fold: 2, seed: 1, temperature: 1 },
      { fold: 1, seed: 2, temperature: 1 },
      { fold: 2, seed: 2, temperature: 2 },
    ]);
  });

  test('have the intervals of one training where both say the same', () => {
    const twice = modelScores([first, { ...first, seed: 2 }], 2, options);
    const alone = modelScores([first], 2, options);
    expect(twice.accuracy.pooled).toEqual(alone.accuracy.pooled);
    expect(twice.uncertainty[0]!.estimates).toEqual(alone.uncertainty[0]!.estimates);
  });

  test('are refused where the trainings did not answer the same clips', () => {
    const others = { ...second, answers: second.answers.toReversed() };
    expect(() => modelScores([first, others], 2, options)).toThrow(RangeError);
    expect(() => modelScores([], 2, options)).toThrow(RangeError);
  });
});
