/**
 * Positions on a plane, for a drawing without tiles: the equirectangular projection about the mean of the positions
 * (x = R · cos φ₀ · Δλ, y = R · Δφ). Off by less than a thousandth over tens of kilometres; not made for continents.
 */

export interface Position {
  /** Degrees (WGS 84), north and east above 0. */
  latitude: number;
  longitude: number;
}

/** Metres, x to the east and y to the south, from the mean. */
export interface Point {
  x: number;
  y: number;
}

/** Mean radius of the earth, metres (IUGG). */
const radius = 6_371_009;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
/** Of two longitudes, the short way round, degrees. */
const between = (from: number, to: number): number => ((((to - from + 180) % 360) + 360) % 360) - 180;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** @param positions one at least */
export function projected(positions: readonly Position[]): Point[] {
  const first = positions[0]!.longitude;
  const east = positions.map(({ longitude }) => between(first, longitude));
  const [middleEast, middleNorth] = [mean(east), mean(positions.map(({ latitude }) => latitude))];
  const narrowed = Math.cos(radians(middleNorth));
  return positions.map(({ latitude }, i) => ({
    x: radius * narrowed * radians(east[i]! - middleEast),
    y: -radius * radians(latitude - middleNorth),
  }));
}

/** Metres that a drawing shows at least: one board alone stands in its middle. */
const leastMetres = 50;

/** How points are put into a drawing of a size, with a margin, all units pixels. @returns pixels a metre, and where they lie */
export function fitted(
  points: readonly Point[],
  width: number,
  height: number,
  margin: number,
): { scale: number; at: Point[] } {
  const edges = (of: (point: Point) => number): [number, number] => {
    const values = points.map(of);
    return [Math.min(...values), Math.max(...values)];
  };
  const [left, right] = edges(({ x }) => x);
  const [top, bottom] = edges(({ y }) => y);
  const scale = Math.min(
    (width - 2 * margin) / Math.max(right - left, leastMetres),
    (height - 2 * margin) / Math.max(bottom - top, leastMetres),
  );
  const at = points.map(({ x, y }) => ({
    x: width / 2 + scale * (x - (left + right) / 2),
    y: height / 2 + scale * (y - (top + bottom) / 2),
  }));
  return { scale, at };
}

/** The longest of 1, 2 or 5 times a power of ten that a bar of so many pixels has room for. @returns metres */
export function barLength(scale: number, mostPixels: number): number {
  const most = mostPixels / scale;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * ([5, 2, 1].find((step) => step * power <= most) ?? 1);
}

/** “200 m”, “5 km”. */
export const metres = (length: number): string =>
  length >= 1000 ? `${length / 1000} km` : `${Number(length.toPrecision(1))} m`;

export interface Label extends Point {
  /** Where the text is anchored: to its right, to its left or in its middle. */
  anchor: 'start' | 'end' | 'middle';
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const meet = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Of a letter and of a line of the labels, about, and of a board's sign and the room about it, pixels. */
const letter = 6.2;
const line = 13;
const sign = 11;

/**
 * Beside, below or above its point, where it covers neither a point nor another label and stays in the drawing.
 * @returns null for those that have no such place
 */
export function labelled(
  at: readonly Point[],
  texts: readonly string[],
  width: number,
  height: number,
): (Label | null)[] {
  const taken: Box[] = at.map(({ x, y }) => ({
    ...{ left: x - sign, right: x + sign, top: y - sign, bottom: y + sign },
  }));
  return at.map(({ x, y }, i) => {
    const long = letter * texts[i]!.length;
    const places: [Label, number][] = [
      [{ x: x + sign + 2, y: y + 4, anchor: 'start' }, x + sign + 1],
      [{ x: x - sign - 2, y: y + 4, anchor: 'end' }, x - sign - 1 - long],
      [{ x, y: y + sign + 11, anchor: 'middle' }, x - long / 2],
      [{ x, y: y - sign - 3, anchor: 'middle' }, x - long / 2],
    ];
    for (const [label, left] of places) {
      const box = { left, right: left + long, top: label.y - line + 3, bottom: label.y + 3 };
      const inside = box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height;
      if (!inside || taken.some((other) => meet(other, box))) continue;
      taken.push(box);
      return label;
    }
    return null;
  });
}
