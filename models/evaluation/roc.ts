import type { ClipAnswer } from './answers.ts';
import { mean, ranks } from './moments.ts';

/** A point [false positive rate, true positive rate]. */
export type RocPoint = readonly [number, number];

export interface RocCurve {
  /** Area under the curve; null where a class has no clips or nothing but clips. */
  readonly auc: number | null;
  readonly points: readonly RocPoint[];
}

export interface RocResult {
  /** One against the rest; in the order of the classes. */
  readonly classes: readonly RocCurve[];
  /** Mean of the classes' curves. */
  readonly macro: RocCurve;
}

/**
 * Probability that a positive item scores higher than a negative one, a tie counted half: the Mann–Whitney form
 * of the area under the ROC curve (Hanley & McNeil 1982).
 * @returns null without positives or without negatives
 */
export function auroc(scores: ArrayLike<number>, positive: readonly boolean[]): number | null {
  const positives = positive.filter(Boolean).length;
  const negatives = positive.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const ranked = ranks(scores).ranks;
  const sum = ranked.reduce((total, rank, i) => total + (positive[i] ? rank : 0), 0);
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** The curve from (0, 0) to (1, 1): one point a distinct score, the highest first; empty where there is no area. */
export function rocCurve(scores: ArrayLike<number>, positive: readonly boolean[]): RocCurve {
  const auc = auroc(scores, positive);
  if (auc === null) return { auc, points: [] };
  const positives = positive.filter(Boolean).length;
  const order = positive.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const points: RocPoint[] = [[0, 0]];
  let hits = 0;
  order.forEach((item, i) => {
    if (positive[item]) hits++;
    if (i + 1 < order.length && scores[order[i + 1]!] === scores[item]) return;
    points.push([(i + 1 - hits) / (positive.length - positives), hits / positives]);
  });
  return { auc, points: withoutMiddles(points) };
}

/** Leaves out points on a straight line between their neighbours. */
function withoutMiddles(points: readonly RocPoint[]): RocPoint[] {
  return points.filter(([x, y], i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (!before || !after) return true;
    return (x - before[0]) * (after[1] - before[1]) !== (after[0] - before[0]) * (y - before[1]);
  });
}

/** Steps of the false positive rate at which curves are averaged. */
const macroSteps = 100;

/** One curve a class against the rest, and their mean: vertically over the classes that have a curve. */
export function rocOf(answers: readonly ClipAnswer[], classes: number): RocResult {
  const curves = Array.from({ length: classes }, (_, c) =>
    rocCurve(
      answers.map(({ probabilities }) => probabilities[c]!),
      answers.map(({ truth }) => truth === c),
    ),
  );
  const known = curves.filter(({ auc }) => auc !== null);
  if (known.length === 0) return { classes: curves, macro: { auc: null, points: [] } };
  return {
    classes: curves,
    macro: { auc: mean(known.map(({ auc }) => auc!)), points: averaged(known) },
  };
}

/** Vertically, at equal steps of the false positive rate. */
function averaged(curves: readonly RocCurve[]): RocPoint[] {
  const grid = Array.from({ length: macroSteps + 1 }, (_, i) => i / macroSteps);
  return [[0, 0], ...grid.map((x): RocPoint => [x, mean(curves.map(({ points }) => heightAt(points, x)))])];
}

/** Curves of several trainings as one: areas are means, points vertical means; a class without a curve in one has none. */
export function meanRoc(each: readonly RocResult[]): RocResult {
  const [first] = each;
  if (each.length === 1) return first!;
  const meanOf = (curves: readonly RocCurve[]): RocCurve =>
    curves.some(({ auc }) => auc === null)
      ? { auc: null, points: [] }
      : { auc: mean(curves.map(({ auc }) => auc!)), points: averaged(curves) };
  return {
    classes: first!.classes.map((_, c) => meanOf(each.map(({ classes }) => classes[c]!))),
    macro: meanOf(each.map(({ macro }) => macro)),
  };
}

/** The curve's height at a false positive rate: the top of a vertical step. */
function heightAt(points: readonly RocPoint[], x: number): number {
  const after = points.findIndex((point) => point[0] > x);
  if (after < 0) return points.at(-1)![1];
  const [x0, y0] = points[after - 1]!;
  const [x1, y1] = points[after]!;
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
