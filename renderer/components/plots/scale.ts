/** Places values in a plot's drawing area, in the units of its SVG's viewBox. */
import { grouped } from '../../../main/contract/figures.ts';
import type { Axis, Point } from '../../../models/report/plots/frame.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Room for ticks and labels around the drawing area. */
export const margins = { left: 50, right: 14, top: 12, bottom: 42 };

export interface Scale {
  x(value: number): number;
  y(value: number): number;
  /** For `points` of a polyline. */
  line(points: readonly Point[]): string;
}

const tenth = (value: number) => Math.round(value * 10) / 10;

export function scaleOf(x: Axis, y: Axis, { width, height }: Size): Scale {
  const { left, right, top, bottom } = margins;
  const share = (value: number, { low, high }: Axis) => (value - low) / (high - low);
  const scale = {
    x: (value: number) => tenth(left + share(value, x) * (width - left - right)),
    y: (value: number) => tenth(height - bottom - share(value, y) * (height - top - bottom)),
  };
  return {
    ...scale,
    line: (points) => points.map(([px, py]) => `${scale.x(px)},${scale.y(py)}`).join(' '),
  };
}

/** As many places as the distance between ticks needs. */
export function tickText(tick: number, { ticks }: Axis): string {
  if (Math.abs(tick) >= 1e4) return grouped(tick);
  return tick.toFixed(Math.min(6, Math.max(0, Math.ceil(-Math.log10(ticks[1]! - ticks[0]!) - 1e-9))));
}

export interface Box {
  x: number;
  y: number;
  text: string;
  anchor: 'start' | 'middle' | 'end';
}

/** About, of the 11 unit high letters that plots are labelled with. */
const letter = { width: 6, height: 12 };

/**
 * Where labels of points stand so that none hides another: right, left, above or below its point, or nowhere (null).
 */
export function placeLabels(
  points: readonly { x: number; y: number; text: string }[],
  { width }: Size,
): (Box | null)[] {
  const taken = points.map(({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
  return points.map(({ x, y, text }) => {
    const long = text.length * letter.width;
    const places: Box[] = [
      { x: x + 9, y: y + 4, text, anchor: 'start' },
      { x: x - 9, y: y + 4, text, anchor: 'end' },
      { x, y: y - 10, text, anchor: 'middle' },
      { x, y: y + 18, text, anchor: 'middle' },
    ];
    for (const place of places) {
      const left = place.anchor === 'start' ? place.x : place.x - (place.anchor === 'end' ? long : long / 2);
      const box = { left, right: left + long, top: place.y - letter.height + 2, bottom: place.y + 2 };
      const hides = taken.some(
        (one) => box.left < one.right && box.right > one.left && box.top < one.bottom && box.bottom > one.top,
      );
      if (hides || box.left < margins.left || box.right > width) continue;
      taken.push(box);
      return place;
    }
    return null;
  });
}
