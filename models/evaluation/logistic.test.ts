import { expect, test } from 'vitest';
import { fitLogistic, logistic, logit, RIDGE, thresholdOf } from './logistic.ts';

/** Hours of study and passing of 20 students, of Wikipedia's “Logistic regression”: intercept −4.0777, slope 1.5046. */
const hours = [
  ...[0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5],
];
const passed = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1].map((one) => one === 1);

test('the fit to a published example differs from the one without a ridge by what the ridge moves it', () => {
  const fit = fitLogistic(hours, passed)!;
  expect(Math.abs(fit.slope - 1.5046)).toBeLessThan(0.01);
  expect(Math.abs(fit.intercept + 4.0777)).toBeLessThan(0.03);
  // Printed standard errors: 1.761 and 0.629.
  expect(Math.abs(Math.sqrt(fit.variances[0]) - 1.761)).toBeLessThan(0.02);
  expect(Math.abs(Math.sqrt(fit.variances[1]) - 0.629)).toBeLessThan(0.01);
  expect(fit.separated).toBe(false);
});

test('at the fit the likelihood less the ridge is flat', () => {
  const { intercept, slope } = fitLogistic(hours, passed)!;
  const rests = hours.map((x, i) => (passed[i] ? 1 : 0) - logistic(intercept + slope * x));
  expect(rests.reduce((a, b) => a + b)).toBeCloseTo(0, 8);
  expect(rests.reduce((sum, rest, i) => sum + rest * hours[i]!, -RIDGE * slope)).toBeCloseTo(0, 8);
});

test('two values of x have the closed form of their odds, but for the ridge', () => {
  const xs = Array.from({ length: 400 }, (_, i) => (i < 200 ? -1 : 1));
  const truths = xs.map((x, i) => (x < 0 ? i < 50 : i < 350));
  const fit = fitLogistic(xs, truths)!;
  expect(fit.intercept).toBeCloseTo(0, 8);
  expect(Math.abs(fit.slope - Math.log(3))).toBeLessThan(1e-3);
});

test.each([
  ['rising', [false, false, true, true], 1],
  ['falling', [true, true, false, false], -1],
])('a sample that is parted, %s, gives a finite slope and is told of', (_, truths, sign) => {
  const fit = fitLogistic([-2, -1, 1, 2], truths)!;
  expect(fit.separated).toBe(true);
  expect(Number.isFinite(fit.slope)).toBe(true);
  expect(Math.sign(fit.slope)).toBe(sign);
  expect(thresholdOf(fit, 0.9) === null).toBe(sign < 0);
});

test.each([[[]], [[true, true]], [[false]]])('nothing fits where all are the same: %j', (truths) => {
  expect(
    fitLogistic(
      truths.map((__, i) => i),
      truths,
    ),
  ).toBeNull();
});

test('the threshold is where the line has the precision, and its margin has the variance of the quotient', () => {
  const fit = {
    ...{ intercept: -1, slope: 2, separated: false },
    variances: [0.04, 0.09, -0.01] as const,
  };
  const { threshold, low, high } = thresholdOf(fit, 0.9)!;
  const x = (Math.log(9) + 1) / 2;
  expect(logit(threshold)).toBeCloseTo(x, 10);
  expect(logistic(-1 + 2 * logit(threshold))).toBeCloseTo(0.9, 10);
  const deviation = Math.sqrt(0.04 + x * x * 0.09 - 2 * x * 0.01) / 2;
  expect(logit(high) - logit(threshold)).toBeCloseTo(1.959963984540054 * deviation, 10);
  expect(logit(threshold) - logit(low)).toBeCloseTo(1.959963984540054 * deviation, 10);
});

test('the logit of what binary32 makes 0 or 1 is finite', () => {
  expect(logit(1)).toBeCloseTo(13.8155, 3);
  expect(logit(0)).toBeCloseTo(-13.8155, 3);
  expect(logit(0.5)).toBe(0);
});
