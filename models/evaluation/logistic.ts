/** A line of log-odds, intercept + slope · x, with what its sample leaves open. */
export interface LogisticFit {
  readonly intercept: number;
  readonly slope: number;
  /** Inverse of the penalized information: variances of intercept and slope, and their covariance. */
  readonly variances: readonly [intercept: number, slope: number, both: number];
  /** A value of x parts all true from all false ones: only the ridge keeps the slope finite, and it means little. */
  readonly separated: boolean;
}

/** The penalty on the slope, RIDGE / 2 · slope²; none on the intercept. It moves a fit to tens of items by a hundredth. */
export const RIDGE = 0.01;
const STEPS = 100;
const HALVINGS = 40;
const CLOSE = 1e-10;

/** ln(p / (1 − p)); p is held within 1e-6 … 1 − 1e-6, since probabilities kept as binary32 reach 0 and 1. */
export function logit(probability: number): number {
  const held = Math.min(1 - 1e-6, Math.max(1e-6, probability));
  return Math.log(held / (1 - held));
}

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** ln(1 + e^x) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * Logistic regression by Newton's method on the likelihood less the ridge (le Cessie & van Houwelingen 1992, Applied
 * Statistics 41:191), each step halved until it climbs.
 * @param xs finite; truths as many
 * @returns null where all are true or none is: no finite line fits them
 */
export function fitLogistic(xs: readonly number[], truths: readonly boolean[]): LogisticFit | null {
  const ones = xs.filter((_, i) => truths[i]);
  const zeros = xs.filter((_, i) => !truths[i]);
  if (ones.length === 0 || zeros.length === 0) return null;
  const loss = (a: number, b: number): number =>
    xs.reduce((sum, x, i) => sum + softplus(truths[i] ? -(a + b * x) : a + b * x), (RIDGE / 2) * b * b);
  let [intercept, slope] = [Math.log(ones.length / zeros.length), 0];
  for (let step = 0; step < STEPS; step++) {
    const { first, second, saa, sab, sbb } = derivatives(xs, truths, intercept, slope);
    const determinant = saa * sbb - sab * sab;
    const da = (sbb * first - sab * second) / determinant;
    const db = (saa * second - sab * first) / determinant;
    const before = loss(intercept, slope);
    let share = 1;
    for (let i = 0; i < HALVINGS && !(loss(intercept + share * da, slope + share * db) <= before); i++)
      share /= 2;
    intercept += share * da;
    slope += share * db;
    if (Math.abs(da) + Math.abs(db) < CLOSE) break;
  }
  const { saa, sab, sbb } = derivatives(xs, truths, intercept, slope);
  const determinant = saa * sbb - sab * sab;
  const least = (all: readonly number[]): number => all.reduce((a, b) => Math.min(a, b));
  const most = (all: readonly number[]): number => all.reduce((a, b) => Math.max(a, b));
  return {
    ...{ intercept, slope },
    variances: [sbb / determinant, saa / determinant, -sab / determinant],
    separated: least(ones) > most(zeros) || least(zeros) > most(ones),
  };
}

/** Slopes of what is climbed, and its curvature turned round. */
function derivatives(xs: readonly number[], truths: readonly boolean[], intercept: number, slope: number) {
  let [first, second, saa, sab, sbb] = [0, -RIDGE * slope, 0, 0, RIDGE];
  xs.forEach((x, i) => {
    const p = logistic(intercept + slope * x);
    const rest = (truths[i] ? 1 : 0) - p;
    const weight = p * (1 - p);
    first += rest;
    second += rest * x;
    saa += weight;
    sab += weight * x;
    sbb += weight * x * x;
  });
  return { first, second, saa, sab, sbb };
}

/** 97.5 % quantile of the standard normal distribution: intervals of 95 %. */
const NORMAL_95 = 1.959963984540054;

/**
 * Where the line reaches a precision: the probability from which a detection is true as often as wished, which is how
 * Wood & Kahl (2024, Journal of Ornithology 165:777) choose thresholds of detectors' scores. Its interval of 95 % is by the
 * delta method on the logit.
 * @param fit of truth on logit(probability)
 * @param precision between 0 and 1
 * @returns probabilities; null where truth does not rise with probability
 */
export function thresholdOf(
  { intercept, slope, variances: [va, vb, vab] }: LogisticFit,
  precision: number,
): { threshold: number; low: number; high: number } | null {
  if (!(slope > 0)) return null;
  const x = (logit(precision) - intercept) / slope;
  const margin = (NORMAL_95 * Math.sqrt(Math.max(0, va + 2 * x * vab + x * x * vb))) / slope;
  return { threshold: logistic(x), low: logistic(x - margin), high: logistic(x + margin) };
}
