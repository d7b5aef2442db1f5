import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chiSquareUpper,
  fairTossesLower,
  fUpper,
  normalTwoSided,
  studentQuantile,
  studentTwoSided,
} from './distributions.ts';
import { holm } from './holm.ts';
import { leastSignP } from './least-p.ts';
import { levene } from './levene.ts';
import { mcnemar, mcnemarOfCounts } from './mcnemar.ts';
import { quantile } from './moments.ts';
import { pairedT, tost } from './paired.ts';
import { wilcoxon } from './wilcoxon.ts';

/** Within 1e-9, relative: a p far below 1 has to be right too. */
const near = (actual: number | null, expected: number) =>
  expect(Math.abs(actual! / expected - 1)).toBeLessThan(1e-9);

/** Hours of sleep gained under two drugs (Cushny & Peebles 1905; Student 1908): the data of R's `sleep`. */
const sleep = [
  [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
  [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
] as const;
const slept = sleep[0].map((hours, i) => hours - sleep[1][i]!);

/** Heights of crossed less self-fertilised maize, eighths of an inch (Darwin 1876; Fisher 1935). */
const maize = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];

// Reference values below are of SciPy 1.17.1 unless a test says otherwise.

test('tails of the distributions are right far out, where 1 − cdf would be 0', () => {
  near(studentTwoSided(12, 99), 5.130629687897481e-21);
  near(studentTwoSided(1e-3, 3), 0.9992648949694609);
  near(fUpper(80, 1, 598), 4.658017762537469e-18);
  near(normalTwoSided(9), 2.2571768119076647e-19);
  near(chiSquareUpper(70), 5.930445850082478e-17);
  near(fairTossesLower(3, 60), 3.1269258016219936e-14);
  near(studentQuantile(0.995, 3), 5.840909309733355);
});

test('the paired t-test gives the published result for Student’s sleep data', () => {
  // R's documentation prints t = -4.0621, df = 9, p-value = 0.002833, interval -2.4598858 to -0.7001142.
  const result = pairedT(slept);
  near(result.t, -4.062127683382037);
  near(result.p, 0.002832890197384273);
  expect(result.degrees).toBe(9);
  near(result.interval.low, -2.459885763276983);
  near(result.interval.high, -0.7001142367230175);
});

test('folds that share training clips make the t smaller', () => {
  // Nadeau and Bengio: five folds, a quarter as many test clips as training clips: sqrt((1/5) / (1/5 + 1/4)) of Student's t
  const folds = [0.02, 0.05, -0.01, 0.03, 0.04];
  const [plain, corrected] = [pairedT(folds), pairedT(folds, 0.95, 1 / 4)];
  near(corrected.t, plain.t! * Math.sqrt(0.2 / 0.45));
  expect(corrected.degrees).toBe(4);
  expect(corrected.interval.high - corrected.interval.low).toBeGreaterThan(
    plain.interval.high - plain.interval.low,
  );
});

test('pairs that never differ have no t and a p of 1; pairs that always differ alike a p of 0', () => {
  expect(pairedT([0, 0, 0])).toMatchObject({ t: null, p: 1 });
  expect(pairedT([2, 2, 2])).toMatchObject({ t: Infinity, p: 0 });
  expect(() => pairedT([1])).toThrow(RangeError);
});

test('TOST of the sleep data depends on the margin', () => {
  const shares = slept.map((hours) => hours / 10);
  const wide = tost(shares, 0.3);
  // differences and margins of R's data, divided by ten
  near(wide.t![0], 3.6507729812673992);
  near(wide.t![1], -11.775028348031471);
  near(wide.p, 0.002655570292658671);
  near(wide.interval.low, -0.2293005267029284);
  near(wide.interval.high, -0.08669947329707163);
  near(tost(shares, 0.2).p, 0.1541572356690974);
});

test('TOST of pairs that never differ tells how likely that is, and is no surer than their number allows', () => {
  // A share of 5 % that differs shows itself in none of 20 pairs in 0.95^20 of all cases.
  near(tost(new Array<number>(20).fill(0), 0.05).p, 0.3584859224085422);
  const many = tost(new Array<number>(60).fill(0), 0.05);
  near(many.p, 0.046069798986951946);
  expect(many.t).toBeNull();
  // Clopper and Pearson's upper bound of 0 of 60 at 95 %
  near(many.interval.high, 0.04870291331009746);
  expect(many.interval.low).toBe(-many.interval.high);
});

test('TOST finds nothing equivalent beyond the margin', () => {
  expect(tost([0.02, 0.02], 0.01).p).toBe(1);
  expect(tost([0.01, 0.01], 0.01).p).toBe(0.5);
  for (const margin of [0, 1]) expect(() => tost([0.1, 0.2], margin)).toThrow(RangeError);
});

test('TOST is significant exactly when its interval lies within the margin', () => {
  const sample = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 20 });
  fc.assert(
    fc.property(sample, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (differences, margin) => {
      fc.pre(new Set(differences).size > 1);
      const { p, interval } = tost(differences, margin);
      fc.pre(Math.abs(p - 0.05) > 1e-6);
      expect(p < 0.05).toBe(interval.low > -margin && interval.high < margin);
    }),
  );
});

test('Wilcoxon’s test is exact for few pairs without ties', () => {
  const result = wilcoxon(maize);
  expect(result).toMatchObject({ w: 96, n: 15, method: 'exact' });
  // All sign patterns of 15 ranks: 676 of 2^14 are as rare.
  near(result.p, 0.041259765625);
  // Hollander & Wolfe (1973), p. 29, depression scores: V = 40, p = 0.0390625 as R prints it for two sides.
  const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const depression = wilcoxon(before.map((x, i) => x - after[i]!));
  expect(depression).toMatchObject({ w: 40, method: 'exact' });
  near(depression.p, 0.0390625);
  // The book’s estimate of the effect.
  near(depression.effect, 0.46);
});

test('Wilcoxon’s effect is the median of all pairs’ means, those that do not differ among them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 12 }), (list) => {
      const means = list.flatMap((x, i) => list.slice(i).map((y) => (x + y) / 2));
      expect(wilcoxon(list).effect).toBeCloseTo(quantile(means, 0.5), 9);
    }),
  );
});

test('Wilcoxon’s test of few pairs is exact with ties and zeros too', () => {
  // The sleep data have one zero and one tie; of 2^9 sign patterns two are as rare as all alike.
  const rounded = slept.map((x) => Math.round(x * 10) / 10);
  const result = wilcoxon(rounded);
  expect(result).toMatchObject({ w: 0, n: 9, method: 'exact' });
  near(result.p, 2 / 2 ** 9);
  // The zero has rank 1, so that the others have 3 and 2 (Pratt).
  expect(wilcoxon([0, 0.2, 0.1])).toMatchObject({ w: 5, n: 2, method: 'exact', p: 0.5 });
  expect(wilcoxon([0, 0])).toEqual({ effect: 0, w: 0, n: 0, method: 'none', p: 1 });
  // Counted out over the 2^7 sign patterns of the ranks that three zeros leave.
  expect(wilcoxon([0, 0, 3, -1, 2, 5, 4, 6, 0, 7])).toMatchObject({ w: 45, n: 7, p: 0.03125 });
});

test('Wilcoxon’s exact p is the share of all sign patterns at least as far out, with ties and zeros too', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 8 }), (list) => {
      const differing = list.filter((x) => x !== 0);
      fc.pre(differing.length > 0);
      const size = (x: number) => Math.abs(x);
      // the mean place among all, zeros included, of those of the same size
      const rank = (x: number) =>
        list.filter((y) => size(y) < size(x)).length +
        (list.filter((y) => size(y) === size(x)).length + 1) / 2;
      const centre = differing.reduce((sum, x) => sum + rank(x), 0) / 2;
      const distance = (signs: number) =>
        Math.abs(differing.reduce((sum, x, i) => sum + ((signs >> i) & 1 ? rank(x) : 0), 0) - centre);
      const found = distance(differing.reduce((bits, x, i) => bits | (x > 0 ? 1 << i : 0), 0));
      const patterns = Array.from({ length: 2 ** differing.length }, (_, signs) => distance(signs));
      const asFar = patterns.filter((one) => one >= found).length;
      expect(wilcoxon(list).p).toBeCloseTo(asFar / patterns.length, 12);
    }),
  );
});

test('Wilcoxon’s test goes over to the normal approximation with many pairs', () => {
  const many = Array.from({ length: 51 }, (_, i) => (i % 3 === 0 ? -1 : 1) * (1 + Math.floor(i / 2)));
  const result = wilcoxon(many);
  expect(result).toMatchObject({ n: 51, method: 'normal' });
  near(result.p, 0.026295696408009505);
});

test('Wilcoxon’s normal approximation counts the zeros of many pairs, as Pratt has them', () => {
  const many = Array.from({ length: 70 }, (_, i) =>
    i % 5 === 4 ? 0 : (i % 3 === 0 ? -1 : 1) * (1 + Math.floor(i / 2)),
  );
  const result = wilcoxon(many);
  expect(result).toMatchObject({ w: 1582.5, n: 56, method: 'normal' });
  near(result.p, 0.021211772996135175);
});

test('five pairs that differ are too few for a test of their signs to show anything', () => {
  expect([0, 1, 2, 4, 5, 6].map(leastSignP)).toEqual([1, 1, 0.5, 0.125, 0.0625, 0.03125]);
});

test('McNemar’s test of approval ratings, as chi-square and exact', () => {
  // Agresti (1990), p. 350: 86 against 150 of 1600 changed their minds.
  const result = mcnemarOfCounts(86, 150);
  near(result.chiSquare, 16.81779661016949);
  near(result.chiSquareP, 4.114562281345944e-5);
  near(result.exactP, 3.7159361395713866e-5);
  near(mcnemarOfCounts(12, 3).exactP, 0.03515625);
});

test('McNemar’s test counts only what one model alone gets right', () => {
  const result = mcnemar([true, true, false, false], [true, false, true, false]);
  expect(result).toEqual({ onlyFirst: 1, onlySecond: 1, chiSquare: 0, chiSquareP: 1, exactP: 1 });
  expect(mcnemar([true, false], [true, false])).toMatchObject({ chiSquare: null, exactP: 1 });
  expect(() => mcnemar([true], [])).toThrow(RangeError);
});

/** Gear diameters, inches, ten batches of ten: GEAR.DAT of the NIST/SEMATECH e-Handbook, section 1.3.5.10. */
const gears = [
  [1.006, 0.996, 0.998, 1.0, 0.992, 0.993, 1.002, 0.999, 0.994, 1.0],
  [0.998, 1.006, 1.0, 1.002, 0.997, 0.998, 0.996, 1.0, 1.006, 0.988],
  [0.991, 0.987, 0.997, 0.999, 0.995, 0.994, 1.0, 0.999, 0.996, 0.996],
  [1.005, 1.002, 0.994, 1.0, 0.995, 0.994, 0.998, 0.996, 1.002, 0.996],
  [0.998, 0.998, 0.982, 0.99, 1.002, 0.984, 0.996, 0.993, 0.98, 0.996],
  [1.009, 1.013, 1.009, 0.997, 0.988, 1.002, 0.995, 0.998, 0.981, 0.996],
  [0.99, 1.004, 0.996, 1.001, 0.998, 1.0, 1.018, 1.01, 0.996, 1.002],
  [0.998, 1.0, 1.006, 1.0, 1.002, 0.996, 0.998, 0.996, 1.002, 1.006],
  [1.002, 0.998, 0.996, 0.995, 0.996, 1.004, 1.004, 0.998, 0.999, 0.991],
  [0.991, 0.995, 0.984, 0.994, 0.997, 0.997, 0.991, 0.998, 1.004, 0.997],
];

test('Levene’s test of the NIST gear data, about medians and about means', () => {
  // The handbook gives W = 1.7059 about the medians.
  const medians = levene(gears);
  expect(medians.degrees).toEqual([9, 90]);
  near(medians.w, 1.705917693000894);
  near(medians.p, 0.09908297555220481);
  const means = levene(gears, 'mean');
  near(means.w, 2.1594598564728518);
  near(means.p, 0.03223682655978304);
});

test('Levene’s test of values that do not vary', () => {
  expect(levene([[5, 5, 5], [7, 7, 7]])).toMatchObject({ w: null, p: 1 }); // prettier-ignore
  expect(levene([[5, 5, 5, 5], [6, 8, 6, 8]])).toMatchObject({ w: Infinity, p: 0 }); // prettier-ignore
  expect(() => levene([[1, 2], [3]])).toThrow(RangeError);
});

test('Holm’s correction of a worked example', () => {
  // In rising order 0.005 · 4, 0.01 · 3, 0.03 · 2, and 0.04 · 1, which may not fall below the one before.
  const corrected = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((p, i) => near(corrected[i]!, p));
  expect(holm([0.6, 0.9])).toEqual([1, 1]);
});
