/**
 * Whether some recent days are unlike the days before, in any of several features: a permutation test whose units are
 * days, since records of one day are no independent draws. PERMANOVA's pseudo-F (Anderson 2001, Austral Ecology 26,
 * p. 32, equation 4) on points in a Euclidean space, one for each feature; features are tested together by the largest
 * standardized F (Westfall and Young 1993, section 2.3), so that one p-value holds for all of them.
 */
import { Random } from '../training/random.ts';

export interface DayFeature {
  name: string;
  /** A point for each day: the same days for every feature, recent ones last; all of one length. */
  points: readonly Float64Array[];
}

export interface DayTest {
  /** At least 1 / (permutations + 1). */
  p: number;
  /** That moved most, against what chance makes of it. */
  feature: string;
  /** Its pseudo-F, standardized by the permutations' mean and deviation. */
  standardized: number;
}

/**
 * @param features days in order of time: where one is like the next, the recent ones are held to a higher F
 * @param recent how many of the days are; at least one, and fewer than all
 * @param permutations drawn with the seed; where there are fewer splits of the days, p is the same up to chance
 * @returns null where no feature differs between any two days
 */
export function dayTest(
  features: readonly DayFeature[],
  recent: number,
  permutations: number,
  seed: number,
): DayTest | null {
  const moving = features
    .map(({ name, points }) => distancesOf(name, points))
    .filter(({ total }) => total > 0);
  if (moving.length === 0) return null;
  const days = features[0]!.points.length;
  const random = new Random(seed);
  const order = Array.from({ length: days }, (_, day) => day);
  const drawn = moving.map(() => new Float64Array(permutations + 1));
  const inflations = moving.map((feature) => inflationOf(feature, recent));
  // The split as it is comes first; it is one of those that chance could have made.
  const chosen = order.slice(days - recent);
  for (let draw = 0; draw <= permutations; draw++) {
    if (draw > 0) drawInto(chosen, order, random);
    moving.forEach((feature, i) => (drawn[i]![draw] = pseudoF(feature, chosen)));
    if (draw === 0) inflations.forEach((inflation, i) => (drawn[i]![0]! /= inflation));
  }
  const standardized = drawn.map(standardize);
  const largest = new Float64Array(permutations + 1).fill(-Infinity);
  for (const values of standardized) {
    for (let draw = 0; draw <= permutations; draw++) {
      if (values[draw]! > largest[draw]!) largest[draw] = values[draw]!;
    }
  }
  const observed = largest[0]!;
  const asLarge = largest.filter((value) => value >= observed).length;
  const at = standardized.findIndex((values) => values[0] === observed);
  return { p: asLarge / (permutations + 1), feature: moving[at]!.name, standardized: observed };
}

interface Distances {
  name: string;
  days: number;
  /** Squared, day by day. */
  squared: Float64Array;
  /** Of each day to all others, and of all pairs. */
  ofDay: Float64Array;
  total: number;
}

function distancesOf(name: string, points: readonly Float64Array[]): Distances {
  const days = points.length;
  const squared = new Float64Array(days * days);
  const ofDay = new Float64Array(days);
  for (let a = 0; a < days; a++) {
    for (let b = 0; b < days; b++) {
      const [one, other] = [points[a]!, points[b]!];
      let distance = 0;
      for (let i = 0; i < one.length; i++) distance += (one[i]! - other[i]!) ** 2;
      squared[a * days + b] = distance;
      ofDay[a]! += distance;
    }
  }
  return { name, days, squared, ofDay, total: ofDay.reduce((sum, value) => sum + value, 0) / 2 };
}

/** Of all days' distances: groups that are each alike to the last digit are as far apart as can be told, not infinitely. */
const leastInside = 1e-9;

/** Equation 4, of two groups: the chosen days and all others. */
function pseudoF({ days, squared, ofDay, total }: Distances, chosen: readonly number[]): number {
  let within = 0;
  let touched = 0;
  for (let i = 0; i < chosen.length; i++) {
    touched += ofDay[chosen[i]!]!;
    for (let j = 0; j < i; j++) within += squared[chosen[i]! * days + chosen[j]!]!;
  }
  // Pairs of chosen days are touched twice.
  const others = total - touched + within;
  const inside = Math.max(
    within / chosen.length + others / (days - chosen.length),
    (leastInside * total) / days,
  );
  const between = total / days - inside;
  return between / (inside / (days - 2));
}

/**
 * How much larger the recent days' F is where nothing moved but one day is like the next: so much larger is the variance
 * of a mean of that many days in a row, of a stationary series with these correlations (Box, Jenkins and Reinsel 1994,
 * Time Series Analysis, equation 2.1.16), which the days before tell: at a lag, one less the mean squared distance of days
 * so far apart over that of any two. Never below 1.
 */
function inflationOf({ days, squared }: Distances, recent: number): number {
  const past = days - recent;
  const meanAt = (lags: readonly number[]): number => {
    let total = 0;
    let pairs = 0;
    for (const lag of lags) {
      for (let day = 0; day + lag < past; day++) {
        total += squared[day * days + day + lag]!;
        pairs++;
      }
    }
    return pairs === 0 ? 0 : total / pairs;
  };
  // Days near each other are left out of what any two are like.
  const far = meanAt(Array.from({ length: Math.max(0, past - recent) }, (_, i) => recent + i));
  if (far === 0) return 1;
  let inflation = 1;
  for (let lag = 1; lag < recent; lag++) {
    inflation += 2 * (1 - lag / recent) * Math.max(0, 1 - meanAt([lag]) / far);
  }
  return inflation;
}

/** A part of Fisher–Yates: as many as are chosen, from all. */
function drawInto(chosen: number[], order: number[], random: Random): void {
  for (let i = 0; i < chosen.length; i++) {
    const j = i + Math.floor(random.uniform() * (order.length - i));
    [order[i], order[j]] = [order[j]!, order[i]!];
    chosen[i] = order[i]!;
  }
}

function standardize(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}
