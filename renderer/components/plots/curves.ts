import type { Axis, Point } from '../../../models/report/plots/frame.ts';

export interface Curve {
  name: string;
  /** Its colour's number, 0 … 7. */
  series: number;
  points: readonly Point[];
  /** Radii of marks, as many as points; without: a bare line. */
  marks?: readonly number[];
  /** Stands behind the others, and is not in the key. */
  faint?: boolean;
}

export interface CurvePlotData {
  title: string;
  x: Axis;
  y: Axis;
  curves: readonly Curve[];
  /** The line y = x. */
  diagonal?: boolean;
  note?: string;
}

interface NamedCurves extends Pick<CurvePlotData, 'title' | 'x' | 'y'> {
  readonly curves: readonly Pick<Curve, 'name' | 'points'>[];
}

/** A colour a curve, and a mark of one size at each of its points. */
export const markedPlot = ({ title, x, y, curves }: NamedCurves, note: string): CurvePlotData => ({
  ...{ title, x, y, note },
  curves: curves.map(({ name, points }, series) => ({
    ...{ name, series, points },
    marks: points.map(() => 3.2),
  })),
});
