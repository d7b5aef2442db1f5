/** What reviewers agree on, as clips of a labelled set. */
import { CurlewError } from '../contract/error.ts';
import type { SetClip } from '../labelled-sets/write-set.ts';
import type { ReviewItem } from './contract/rows.ts';
import { setLabelOf } from './set-labels.ts';

/** Columns of `cells`. */
export const reviewColumns = ['reviewer', 'decided'];

/**
 * @param marginS before and behind each detection
 * @param background the class of what is of none of the classes; null: it is left out
 * @returns the clips, and how many were decided, but to be of no class, or of several as often
 * @throws CurlewError REQUEST_INVALID where nothing was decided to be of a class
 */
export function reviewedClips(
  items: readonly ReviewItem[],
  marginS: number,
  background: string | null,
): { clips: SetClip[]; leftOut: number } {
  const decided = items.filter(({ decisions }) => decisions.length > 0);
  const clips = decided.flatMap(({ detection, decisions }): SetClip[] => {
    const label = setLabelOf(detection.label, decisions, background);
    if (label === null) return [];
    const cells = [
      decisions.map(({ reviewer }) => reviewer).join(', '),
      new Date(Math.max(...decisions.map(({ atMs }) => atMs))).toISOString(),
    ];
    const { startS, endS } = detection;
    return [{ detection, startS: startS - marginS, endS: endS + marginS, label, labelledBy: null, cells }];
  });
  if (clips.length === 0)
    throw new CurlewError(
      'REQUEST_INVALID',
      'Nothing of this sample was decided to be of a class yet: there is nothing to train on.',
      { decided: decided.length },
    );
  return { clips, leftOut: decided.length - clips.length };
}
