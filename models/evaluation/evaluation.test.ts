import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agreement, boardAgrees, difference, implementationTolerance } from './agreement.ts';
import { accuracy, confusionMatrix, macroF1 } from './classification.ts';
import { argmax, entropy, meanProbabilities, softmax } from './probability.ts';

test('accuracy and macro-F1 of a worked example', () => {
  // class 0: TP 2, FN 1, FP 0 → 4/5; class 1: TP 1, FN 0, FP 2 → 1/2; class 2: TP 0, FN 1, FP 0 → 0
  const matrix = confusionMatrix([0, 0, 0, 1, 2], [0, 0, 1, 1, 1], 3);
  expect(matrix).toEqual([
    [2, 1, 0],
    [0, 1, 0],
    [0, 1, 0],
  ]);
  expect(accuracy(matrix)).toBeCloseTo(3 / 5, 12);
  expect(macroF1(matrix)).toBeCloseTo((0.8 + 0.5 + 0) / 3, 12);
});

test('a class that neither occurs nor is predicted does not count in macro-F1', () => {
  expect(macroF1(confusionMatrix([0, 1], [0, 1], 3))).toBe(1);
});

test('softmax of a worked example, and its entropy', () => {
  const p = softmax([Math.log(1), Math.log(2), Math.log(5)]);
  [0.125, 0.25, 0.625].forEach((expected, i) => expect(p[i]).toBeCloseTo(expected, 12));
  expect(entropy(p)).toBeCloseTo(0.900256, 6);
  expect(entropy([1, 0, 0])).toBe(0);
  expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 12);
});

test('softmax sums to one and does not overflow', () => {
  const logits = fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(logits, (values) => {
      const p = softmax(values);
      expect(p.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
      expect(argmax(p)).toBe(p.indexOf(Math.max(...p)));
    }),
  );
});

test('a clip’s score is the mean of probabilities, not of logits', () => {
  const score = meanProbabilities(Float32Array.of(0, 0, Math.log(3), 0), 2);
  expect(score[0]).toBeCloseTo((0.5 + 0.75) / 2, 6);
  expect(score[1]).toBeCloseTo((0.5 + 0.25) / 2, 6);
});

test('differences are told relative to the reference’s largest logit', () => {
  const result = difference([1, -4.002, 2], [1.001, -4, 2]);
  expect(result.largest).toBeCloseTo(0.002, 12);
  expect(result.relative).toBeCloseTo(0.0005, 12);
  expect(result.sameTopClass).toBe(true);
});

test('implementation error and quantization error are told apart', () => {
  const result = agreement([2.0001, 1], [2, 1], [1.5, 1.6]);
  expect(result.implementation.relative).toBeCloseTo(0.00005, 9);
  expect(result.quantization.relative).toBeCloseTo(0.6 / 1.6, 9);
  expect(result.quantization.sameTopClass).toBe(false);
  expect(boardAgrees(result, implementationTolerance(null))).toBe(true);
});

test('a board that is 2e-3 off, answers another class or answers NaN does not agree', () => {
  expect(boardAgrees(agreement([2.004, 1], [2, 1], [2, 1]), implementationTolerance(null))).toBe(false);
  expect(
    boardAgrees(agreement([1.0001, 1.0002], [1.0002, 1.0001], [1, 1]), implementationTolerance(null)),
  ).toBe(false);
  expect(boardAgrees(agreement([2, NaN], [2, 1], [2, 1]), implementationTolerance(null))).toBe(false);
  expect(boardAgrees(agreement([NaN, 1, 2], [0, 1, 2], [0, 1, 2]), implementationTolerance(null))).toBe(
    false,
  );
  expect(difference([NaN, 1, 2], [0, 1, 2]).largest).toBeNaN();
});

test('logits of different lengths cannot be compared', () => {
  expect(() => difference([1, 2], [1, 2, 3])).toThrow(RangeError);
});
