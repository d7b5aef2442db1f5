import { expect, test } from 'vitest';
import type { ClipAnswer } from './answers.ts';
import { bootstrapP, clusteredBootstrap } from './bootstrap.ts';
import { atTemperature, calibrationOf, fitTemperature, logProbabilities } from './calibration.ts';
import { macroF1, weightedF1 } from './classification.ts';
import { deviation, quantile, ranks } from './moments.ts';
import { auroc, rocCurve, rocOf } from './roc.ts';
import { modelScores } from './scores.ts';
import type { Training } from './trainings.ts';

/** Ten clips, three classes; clips 2, 5 and 8 are answered wrongly. */
const probabilities = [
  [0.7, 0.2, 0.1],
  [0.5, 0.3, 0.2],
  [0.4, 0.5, 0.1],
  [0.2, 0.6, 0.2],
  [0.1, 0.8, 0.1],
  [0.3, 0.4, 0.3],
  [0.1, 0.2, 0.7],
  [0.25, 0.25, 0.5],
  [0.6, 0.1, 0.3],
  [0.2, 0.2, 0.6],
];
const truth = [0, 0, 0, 1, 1, 2, 2, 2, 2, 2];

const answers = probabilities.map((p, i): ClipAnswer => ({
  clip: `clip ${i}`,
  source: `source ${i >> 1}`,
  fold: i < 6 ? 1 : 2,
  truth: truth[i]!,
  probabilities: p,
  curiosity: i / 10,
}));
const options = { resamples: 200, seed: 3, level: 0.95 };
/** One training. */
const once = (own: readonly ClipAnswer[], temperatures: Training['temperatures'] = null): Training[] => [
  { seed: 1, answers: own, temperatures },
];

// Reference values below are of scikit-learn 1.9.1.

test('accuracy, F1 and AUC agree with reference values', () => {
  const scores = modelScores(once(answers), 3, options);
  expect(scores.accuracy.pooled.value).toBeCloseTo(0.7, 12);
  expect(scores.macroF1.pooled.value).toBeCloseTo(0.6944444444444443, 12);
  expect(scores.weightedF1.pooled.value).toBeCloseTo(0.7083333333333333, 12);
  expect(scores.roc.classes[0]!.auc).toBeCloseTo(0.9047619047619047, 12);
  expect(scores.roc.macro.auc).toBeCloseTo(0.9682539682539683, 12);
  expect(scores.confusion).toEqual([[2, 1, 0], [0, 2, 0], [1, 1, 3]]); // prettier-ignore
});

test('scores are told by fold, with their mean and deviation', () => {
  const { accuracy } = modelScores(once(answers), 3, options);
  expect(accuracy.folds.map(({ fold, clips, value }) => [fold, clips, value])).toEqual([
    [1, 6, 4 / 6],
    [2, 4, 3 / 4],
  ]);
  expect(accuracy.mean).toBeCloseTo((4 / 6 + 3 / 4) / 2, 12);
  expect(accuracy.deviation).toBeCloseTo((3 / 4 - 4 / 6) / Math.SQRT2, 12);
  const single = answers.slice(0, 6);
  expect(modelScores(once(single), 3, options).accuracy.deviation).toBeNull();
});

test('a class that is never right counts in weighted F1 by its clips', () => {
  const matrix = [[3, 0, 0], [1, 0, 0], [0, 0, 0]]; // prettier-ignore
  expect(macroF1(matrix)).toBeCloseTo(3 / 7, 12);
  expect(weightedF1(matrix)).toBeCloseTo(18 / 28, 12);
});

test('a ROC curve takes equal scores together', () => {
  const positive = [true, false, true, false];
  expect(rocCurve([0.9, 0.5, 0.5, 0.1], positive).points).toEqual([[0, 0], [0, 0.5], [0.5, 1], [1, 1]]); // prettier-ignore
  expect(auroc([1, 1, 1, 1], positive)).toBe(0.5);
  expect(rocCurve([0.1, 0.2], [true, true])).toEqual({ auc: null, points: [] });
});

test('the macro curve is the mean of the classes that have one', () => {
  const { macro, classes } = rocOf(answers.slice(0, 5), 3);
  expect(classes[2]!.auc).toBeNull();
  expect(macro.auc).toBeCloseTo((classes[0]!.auc! + classes[1]!.auc!) / 2, 12);
  expect(macro.points[0]).toEqual([0, 0]);
  expect(macro.points.at(-1)).toEqual([1, 1]);
});

test('quantiles interpolate, ranks share, deviation divides by n − 1', () => {
  expect(quantile([3, 1, 2, 10], 0.5)).toBe(2.5);
  expect(quantile([3, 1, 2, 10], 0.95)).toBeCloseTo(3 + 0.85 * 7, 12);
  expect(ranks([5, 1, 5, 7])).toEqual({ ranks: Float64Array.of(2.5, 1, 2.5, 4), ties: [1, 2, 1] });
  expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(deviation([1])).toBeNull();
});

/** Share of right answers among 40 sources of `clips` clips each; 30 sources are right throughout. */
function spreadOf(clips: number, clusterOf: (i: number) => string): number {
  const clusters = Array.from({ length: 40 * clips }, (_, i) => clusterOf(i));
  const right = (i: number) => Number(Math.floor(i / clips) < 30);
  const [drawn] = clusteredBootstrap(
    clusters,
    (indices) => [indices.reduce((sum, i) => sum + right(i), 0) / indices.length],
    { resamples: 4000, seed: 1 },
  );
  return deviation(drawn!)!;
}

test('the bootstrap counts sources, not clips, as independent', () => {
  const bySource = spreadOf(4, (i) => `${i >> 2}`);
  const byClip = spreadOf(4, (i) => `${i}`);
  expect(bySource / Math.sqrt((0.75 * 0.25) / 40)).toBeCloseTo(1, 1);
  expect(byClip / Math.sqrt((0.75 * 0.25) / 160)).toBeCloseTo(1, 1);
});

test('the bootstrap repeats with its seed', () => {
  const draw = (seed: number) =>
    clusteredBootstrap(['a', 'b', 'c', 'd'], (indices) => [indices.reduce((sum, i) => sum + i, 0)], {
      resamples: 50,
      seed,
    });
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(() => clusteredBootstrap([], () => [0], options)).toThrow(RangeError);
});

test('a bootstrap p is twice the rarer side of 0, and never 0', () => {
  expect(bootstrapP(Float64Array.of(-1, 1, 2, 3))).toBeCloseTo((2 * 2) / 5, 12);
  expect(bootstrapP(Float64Array.of(1, 1, 1))).toBeCloseTo(2 / 4, 12);
  expect(bootstrapP(Float64Array.of(0, 0, 0))).toBe(1);
});

test('calibration scores agree with reference values', () => {
  const scores = calibrationOf(answers, 5);
  expect(scores.nll).toBeCloseTo(0.6668675388369574, 12);
  expect(scores.brier).toBeCloseTo(0.3795, 12);
  // By hand: |0 − 0.4| / 10 + 6 · |4/6 − 0.55| / 10 + 3 · |1 − 2.2/3| / 10
  expect(scores.ece).toBeCloseTo(0.04 + 0.07 + 0.08, 12);
  expect(scores.bins.map(({ clips }) => clips)).toEqual([0, 1, 6, 3, 0]);
  expect(scores.bins[0]).toMatchObject({ confidence: null, accuracy: null });
});

test('a certain and wrong answer has a finite negative log-likelihood', () => {
  const [answer] = answers;
  expect(calibrationOf([{ ...answer!, probabilities: [0, 1, 0] }]).nll).toBeCloseTo(52 * Math.LN2, 12);
});

test('temperature scaling finds the likeliest temperature and keeps the top class', () => {
  // Root of the slope by mpmath 1.3.0 with 30 digits.
  const temperature = fitTemperature(probabilities.map(logProbabilities), truth);
  expect(temperature).toBeCloseTo(0.41747129340340373518, 12);
  const scaled = modelScores(once(answers, new Map([[1, temperature], [2, temperature]])), 3, options); // prettier-ignore
  expect(scaled.calibration.scaled!.scores.nll).toBeCloseTo(0.5299239833317554, 9);
  expect(atTemperature([0.7, 0.2, 0.1], 1)[0]).toBeCloseTo(0.7, 12);
  expect(() => modelScores(once(answers, new Map([[1, 1]])), 3, options)).toThrow(RangeError);
});

test('a temperature stays in its range where every clip is right', () => {
  expect(fitTemperature([[2, 1], [1, 2]], [0, 1])).toBeCloseTo(0.05, 9); // prettier-ignore
  expect(fitTemperature([[2, 1], [1, 2]], [1, 0])).toBeCloseTo(20, 9); // prettier-ignore
});

test('curiosity stands beside max-softmax where every answer has it', () => {
  expect(modelScores(once(answers), 3, options).uncertainty.map(({ kind }) => kind)).toEqual([
    'max-softmax',
    'curiosity',
  ]);
  const without = answers.map((answer) => ({ ...answer, curiosity: null }));
  expect(modelScores(once(without), 3, options).uncertainty.map(({ kind }) => kind)).toEqual(['max-softmax']);
});
