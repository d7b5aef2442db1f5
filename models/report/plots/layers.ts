import { markup, type Markup } from '../markup.ts';
import { at, xOf, yOf, type Frame, type Point } from './frame.ts';

/** Number of colours in the style sheet; further series begin anew. */
export const colours = 8;

const path = (frame: Frame, points: readonly Point[]): string =>
  points.map(([x, y]) => `${at(xOf(frame, x))},${at(yOf(frame, y))}`).join(' ');

/** A line through the points in the colour of a series; `faint` stands behind the others. */
export const line = (frame: Frame, points: readonly Point[], series: number, faint = false): Markup =>
  markup`<polyline class="s${series % colours} ${faint ? 'faint' : 'line'}" points="${path(frame, points)}"/>`;

/** A line with a mark at every point. */
export const marked = (frame: Frame, points: readonly Point[], series: number): Markup =>
  markup`${line(frame, points, series)}${points.map((point) => dot(frame, point, series, 3.2))}`;

export const dot = (frame: Frame, [x, y]: Point, series: number, radius: number): Markup =>
  markup`<circle class="s${series % colours} dot" cx="${at(xOf(frame, x))}" cy="${at(yOf(frame, y))}" r="${at(radius)}"/>`;

/** The line y = x: perfect calibration, or chance. */
export const diagonal = (frame: Frame): Markup =>
  markup`<polyline class="reference" points="${path(frame, [[frame.x.low, frame.y.low], [frame.x.high, frame.y.high]])}"/>`; // prettier-ignore

/** A histogram's outline over its area. */
export function steps(
  frame: Frame,
  edges: readonly number[],
  heights: readonly number[],
  series: number,
): Markup {
  const tops = heights.flatMap((height, i): Point[] => [
    [edges[i]!, height],
    [edges[i + 1]!, height],
  ]);
  const outline = path(frame, [[edges[0]!, 0], ...tops, [edges.at(-1)!, 0]]);
  return markup`<polygon class="s${series % colours} area" points="${outline}"/>`;
}
