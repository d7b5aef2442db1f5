/** F1 against energy: a curve for each way to decide, a mark for each setting, with the interval of its F1. */
import type { Markup } from '../markup.ts';
import type { TradeOffPoint, TradeOffs } from '../results.ts';
import { tradeOffsOf } from '../tables/trade-off.ts';
import { axis, plot, type Axis, type Point } from './frame.ts';
import { line, marked } from './layers.ts';

export interface TradeOffCurves {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly {
    readonly name: string;
    readonly points: readonly Point[];
    /** From low to high at each point. */
    readonly intervals: readonly (readonly [Point, Point])[];
  }[];
}

/** @param best: of each decision those settings alone that no other of it beats in F1 for less energy */
export const tradeOffCurves = (
  tradeOff: TradeOffs | null | undefined,
  { best = false }: { best?: boolean } = {},
): TradeOffCurves[] =>
  tradeOffsOf(tradeOff).map(({ sounds, of: { curves: all, source } }) => {
    const curves = all.map((one) => (best ? { ...one, points: unbeaten(one.points) } : one));
    const points = curves.flatMap((curve) => curve.points);
    const energies = points.map(({ millijoule }) => millijoule.value);
    return {
      title: `F1 against energy, sounds ${sounds === 'as recorded' ? sounds : 'made harder'}`,
      x: axis(`Energy of one inference, mJ (${source})`, Math.min(...energies), Math.max(...energies)),
      y: axis(
        'Weighted F1',
        Math.min(...points.map(({ weightedF1 }) => weightedF1.low)),
        Math.max(...points.map(({ weightedF1 }) => weightedF1.high)),
      ),
      curves: curves.map(({ decision, points: mine }) => ({
        name: decision,
        points: mine.map((one): Point => [one.millijoule.value, one.weightedF1.value]),
        intervals: mine.map(({ millijoule: { value }, weightedF1: { low, high } }) => [
          [value, low],
          [value, high],
        ]),
      })),
    };
  });

/** @param points in rising energy */
function unbeaten(points: readonly TradeOffPoint[]): TradeOffPoint[] {
  let most = -Infinity;
  return points.filter(({ weightedF1: { value } }) => {
    const better = value > most;
    most = Math.max(most, value);
    return better;
  });
}

/** @param level of the intervals */
export const tradeOffPlots = (curvesOf: readonly TradeOffCurves[], level: number): Markup[] =>
  curvesOf.map(({ title, x, y, curves }) =>
    plot(
      title,
      { x, y },
      curves.map(({ points, intervals }, series) => [
        intervals.map((interval) => line({ x, y }, interval, series, true)),
        marked({ x, y }, points, series),
      ]),
      curves.map(({ name }, series) => ({ series, text: name })),
      `Upright lines are ${100 * level} % intervals, whole sources drawn. Up and to the left is better; a decision that lies on the line of chance knows nothing of the sound.`,
    ),
  );
