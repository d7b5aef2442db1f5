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
  readonly curves: readonly (Pick<Curve, 'name' | 'points'> & {
    /** From low to high at each point. */
    readonly intervals?: readonly (readonly [Point, Point])[];
  })[];
}

/** A colour a curve, a mark of one size at each of its points, and a thin line for each interval. */
export const markedPlot = ({ title, x, y, curves }: NamedCurves, note: string): CurvePlotData => ({
  ...{ title, x, y, note },
  curves: [
    ...curves.flatMap(({ name, intervals = [] }, series) =>
      intervals.map((points, i) => ({ name: `${name}, interval ${i + 1}`, series, points, faint: true })),
    ),
    ...curves.map(({ name, points }, series) => ({
      ...{ name, series, points },
      marks: points.map(() => 3.2),
    })),
  ],
});
