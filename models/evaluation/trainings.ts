/**
 * One model trained several times, with another seed each. Clips that every training answers are no new clips: whatever is
 * said of the model is the mean over its trainings, and draws are of sources, the same for all of them.
 */
import type { ClipAnswer } from './answers.ts';
import { deviation, mean } from './moments.ts';

export interface Training {
  readonly seed: number;
  readonly answers: readonly ClipAnswer[];
  /** Fitted for each fold (see fitTemperature); null: none were. */
  readonly temperatures: ReadonlyMap<number, number> | null;
}

/** Numbers told of the clips at some indices. */
export type Statistics = (draw: readonly number[]) => readonly number[];

/** The same numbers as their means over trainings; what one of them cannot tell (NaN) has no mean. */
export function meanOver(each: readonly Statistics[]): Statistics {
  const [only] = each;
  if (each.length === 1) return only!;
  return (draw) => {
    const sums = Array.from(each[0]!(draw));
    for (const of of each.slice(1)) of(draw).forEach((value, i) => (sums[i]! += value));
    return sums.map((sum) => sum / each.length);
  };
}

/** @throws RangeError where there is none, or they did not answer the same clips in the same order */
export function requireSameClips(trainings: readonly (readonly ClipAnswer[])[]): void {
  const [first, ...others] = trainings;
  if (!first || first.length === 0) throw new RangeError('There are no answers to score');
  if (others.some((one) => one.length !== first.length || one.some(({ clip }, i) => clip !== first[i]!.clip)))
    throw new RangeError('Trainings of one model answer the same clips in the same order');
}

/** How far a score differs by the seed alone, apart from what folds make of it. */
export interface SeedSpread {
  /** Of each seed, the mean over folds. */
  readonly values: readonly { readonly seed: number; readonly value: number }[];
  /** Sample standard deviation of those: of the same evaluation made with another seed. */
  readonly deviation: number;
  /** From seed to seed within a fold: root of the mean square over the folds. */
  readonly within: number;
  /**
   * From fold to fold, with what seeds add to it taken off: the variance component of a one-way layout by the method of
   * moments (Searle, Casella & McCulloch 1992, section 3.6), 0 where less than nothing is left; null with one fold.
   */
  readonly between: number | null;
}

/**
 * @param values [fold][training], as many in each fold
 * @returns null with one seed; a seed that trained several times counts by the mean of its trainings
 */
export function seedSpread(
  values: readonly (readonly number[])[],
  seeds: readonly number[],
): SeedSpread | null {
  const names = [...new Set(seeds)];
  if (names.length < 2) return null;
  const table = values.map((row) => names.map((seed) => mean(row.filter((_, i) => seeds[i] === seed))));
  const ofSeeds = names.map((seed, s) => ({ seed, value: mean(table.map((row) => row[s]!)) }));
  const square = mean(table.map((row) => deviation(row)! ** 2));
  const folds = deviation(table.map(mean));
  return {
    values: ofSeeds,
    deviation: deviation(ofSeeds.map(({ value }) => value))!,
    within: Math.sqrt(square),
    between: folds === null ? null : Math.sqrt(Math.max(0, folds ** 2 - square / names.length)),
  };
}
