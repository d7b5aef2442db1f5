/** The benchmark’s way to time: so many inferences that a run is long enough, and the median of the runs. */
import { quantile } from '../../models/evaluation/moments.ts';
import { CurlewError } from '../contract/error.ts';
import type { TinyEnergy, TinyLengths, TinyRun } from './contract/results.ts';

export const benchmarkLengths: TinyLengths = { runs: 5, leastSeconds: 10, leastInferences: 10, warmUps: 10 };

/** What inferences took, all together. */
export interface Timed {
  seconds: number;
  askedSeconds: number;
  energy: TinyEnergy | null;
}

/** Has so many inferred. @param expectedSeconds they are likely to take; 0 where nothing is known */
export type TimeInferences = (inferences: number, expectedSeconds: number) => Promise<Timed>;

/** A little more than enough: times vary. */
const more = 1.05;
/** Of a clock that is too coarse to tell anything yet. */
const stepUp = 10;
/** A device that does so many between two ticks of its clock has a clock that stands still. */
const mostUntold = 1_000_000;

/** @returns how many to do next, where so many took too short */
export function nextInferences(inferences: number, seconds: number, leastSeconds: number): number {
  const wanted = seconds > 0 ? Math.ceil((more * inferences * leastSeconds) / seconds) : stepUp * inferences;
  return Math.max(inferences + 1, Math.min(wanted, 1000 * inferences));
}

/**
 * One run that is long enough.
 * @param guess where to begin @param tooShort is told of each that was not
 * @throws CurlewError BOARD_BAD_REPLY for a clock that stands still; those of `time`
 */
export async function longEnough(
  time: TimeInferences,
  { leastSeconds, leastInferences }: TinyLengths,
  guess: Omit<TinyRun, 'input'> | null,
  tooShort: (timed: Timed) => Promise<void>,
): Promise<Omit<TinyRun, 'input'>> {
  let inferences = Math.max(leastInferences, guess?.inferences ?? 0);
  let each = guess ? guess.seconds / guess.inferences : 0;
  for (;;) {
    const timed = await time(inferences, inferences * each);
    if (timed.seconds >= leastSeconds) return { inferences, ...timed };
    await tooShort(timed);
    if (timed.seconds === 0 && inferences >= mostUntold) {
      throw new CurlewError(
        'BOARD_BAD_REPLY',
        `The device under test tells the same time before and after ${inferences} inferences: its clock stands still.`,
        { inferences },
      );
    }
    each = timed.seconds / inferences;
    inferences = nextInferences(inferences, timed.seconds, leastSeconds);
  }
}

/** @returns null of none */
export function median(values: readonly number[]): number | null {
  return values.length === 0 ? null : quantile(values, 0.5);
}
