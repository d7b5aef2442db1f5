/** Which detections become clips of a set, and of which class. */
import type { BestRow } from '../detections/detection-store.ts';
import type { SetClass } from './contract.ts';

export interface ChosenWindow {
  detection: BestRow;
  /** In the set. */
  label: string;
}

/**
 * The most probable of each class of the set, so many at most. A best window that lies over one that was taken, of the
 * same recording and channel, is left out: its sound would be there twice, or with two labels.
 * @param found by peak, the highest first
 * @param classes those that are called otherwise, left out, or taken from a probability on
 * @param windowS how long a window is
 * @returns those that are taken, in the order of `found`, and how many lie over one of them
 */
export function chooseWindows(
  found: readonly BestRow[],
  classes: readonly SetClass[],
  most: number,
  windowS: number,
): { chosen: ChosenWindow[]; leftOut: number } {
  const told = new Map(classes.map((one) => [one.label, one]));
  const taken = new Map<string, number>();
  const places = new Places(windowS);
  const chosen: ChosenWindow[] = [];
  let leftOut = 0;
  for (const detection of found) {
    const { as, least } = told.get(detection.label) ?? { as: detection.label, least: 0 };
    // Kept probabilities are binary32: 0.7 is not below a kept 0.7.
    if (as === null || detection.peak < Math.fround(least)) continue;
    const count = taken.get(as) ?? 0;
    if (count >= most) continue;
    if (!places.take(detection)) {
      leftOut++;
      continue;
    }
    taken.set(as, count + 1);
    chosen.push({ detection, label: as });
  }
  return { chosen, leftOut };
}

/** Windows of one length; every two of a recording's channel apart. */
class Places {
  /** Where windows begin, by recording, channel and which stretch of a window's length that is in: two in each at most. */
  private readonly taken = new Map<string, number[]>();

  constructor(private readonly windowS: number) {}

  /** @returns false where it lies over one that was taken */
  take({ fileId, channel, peakS }: BestRow): boolean {
    const stretch = Math.floor(peakS / this.windowS);
    const key = (at: number): string => `${fileId} ${channel} ${at}`;
    const near = [stretch - 1, stretch, stretch + 1].flatMap((at) => this.taken.get(key(at)) ?? []);
    // Of decimals: windows that touch may be a rounding apart.
    if (near.some((startS) => Math.abs(startS - peakS) < this.windowS - 1e-6)) return false;
    this.taken.set(key(stretch), [...(this.taken.get(key(stretch)) ?? []), peakS]);
    return true;
  }
}
