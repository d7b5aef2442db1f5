/** Detections held against marks: which belong together, and what follows for each threshold. */
import type { ScorePoint } from '../contract/scoring.ts';

/** Of one class in one file, seconds. */
export interface Stretch {
  fileId: number;
  startS: number;
  endS: number;
}

export interface Scored extends Stretch {
  peak: number;
}

export const ruleOf = (overlap: number): string =>
  `A detection and a mark of the same class and file match where they have at least ${overlap} of the shorter one in ` +
  'common; each matches once, those with the most in common first.';

interface Pair {
  detection: number;
  mark: number;
  commonS: number;
}

/**
 * All of one class. Pairs are taken by what they have in common, the most first, then by the order of detections and
 * of marks; at each threshold anew, of the detections at or above it.
 * @param detections, marks in the order of files, then of beginnings
 * @param overlap the least share of the shorter
 */
export function curveOf(
  detections: readonly Scored[],
  marks: readonly Stretch[],
  overlap: number,
): ScorePoint[] {
  const pairs = pairsOf(detections, marks, overlap);
  const least = detections.reduce((low, { peak }) => Math.min(low, peak), 1);
  const points: ScorePoint[] = [];
  // Probabilities are binary32, and so is what they are held against.
  for (let hundredth = Math.floor(least * 100); hundredth <= 100; hundredth++) {
    const threshold = hundredth / 100;
    const kept = (index: number): boolean => detections[index]!.peak >= Math.fround(threshold);
    const count = detections.filter((_, index) => kept(index)).length;
    const taken = new Set<number>();
    const found = new Set<number>();
    for (const { detection, mark } of pairs) {
      if (taken.has(detection) || found.has(mark) || !kept(detection)) continue;
      taken.add(detection);
      found.add(mark);
    }
    points.push(pointOf(threshold, count, found.size, marks.length));
  }
  return points;
}

function pairsOf(detections: readonly Scored[], marks: readonly Stretch[], overlap: number): Pair[] {
  const byFile = new Map<number, number[]>();
  marks.forEach(({ fileId }, mark) => byFile.set(fileId, [...(byFile.get(fileId) ?? []), mark]));
  const pairs: Pair[] = [];
  detections.forEach((one, detection) => {
    for (const mark of byFile.get(one.fileId) ?? []) {
      const other = marks[mark]!;
      const commonS = Math.min(one.endS, other.endS) - Math.max(one.startS, other.startS);
      const shorterS = Math.min(one.endS - one.startS, other.endS - other.startS);
      // A mark without a length is a moment: it matches what it lies in.
      if (commonS >= 0 && commonS >= overlap * shorterS - 1e-9) pairs.push({ detection, mark, commonS });
    }
  });
  return pairs.sort((a, b) => b.commonS - a.commonS || a.detection - b.detection || a.mark - b.mark);
}

function pointOf(threshold: number, detections: number, matched: number, marks: number): ScorePoint {
  const precision = detections === 0 ? null : matched / detections;
  const recall = marks === 0 ? null : matched / marks;
  const f1 = detections + marks === 0 ? null : (2 * matched) / (detections + marks);
  return { threshold, detections, matched, precision, recall, f1 };
}
