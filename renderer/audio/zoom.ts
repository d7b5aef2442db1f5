/** Which part of a recording is looked at: pure arithmetic of scrolling and zooming. */

/** Seconds a pixel, the finest first: halves of the coarsest that the lab gives out. */
export const zoomSteps: readonly number[] = Array.from({ length: 14 }, (_, i) => 4 / 2 ** (13 - i));

/** Of a recording, which is `seconds` long and goes up to `highestHz`, on `width` pixels. */
export interface Bounds {
  seconds: number;
  highestHz: number;
  width: number;
}

export interface Seen {
  startS: number;
  /** Index in `zoomSteps`. */
  zoom: number;
  lowHz: number;
  highHz: number;
}

/** The narrowest band to look at. */
const leastHz = 500;
const between = (value: number, low: number, high: number) =>
  Math.max(low, Math.min(Math.max(low, high), value));

/** Of a recording that is shorter than the view, its seconds: it is stretched over the whole of it. */
export const secondsSeen = ({ zoom }: Pick<Seen, 'zoom'>, { seconds, width }: Bounds): number =>
  Math.min(zoomSteps[zoom]! * width, seconds || Infinity);

/** Nothing before the beginning, and nothing behind the end. */
export function within(seen: Seen, bounds: Bounds): Seen {
  const zoom = between(Math.round(seen.zoom), 0, coarsestZoom(bounds));
  const span = between(seen.highHz - seen.lowHz, Math.min(leastHz, bounds.highestHz), bounds.highestHz);
  const lowHz = between(seen.lowHz, 0, bounds.highestHz - span);
  return {
    zoom,
    startS: between(seen.startS, 0, bounds.seconds - secondsSeen({ zoom }, bounds)),
    lowHz,
    highHz: lowHz + span,
  };
}

/** The finest zoom at which the whole recording is seen, or the coarsest that there is. */
export function coarsestZoom({ seconds, width }: Bounds): number {
  const whole = zoomSteps.findIndex((step) => step * width >= seconds);
  return whole < 0 ? zoomSteps.length - 1 : whole;
}

/** @param by steps, positive: nearer @param aroundS what stays in its place */
export function zoomTime(seen: Seen, bounds: Bounds, by: number, aroundS: number): Seen {
  const zoom = between(seen.zoom - by, 0, coarsestZoom(bounds));
  const share = (aroundS - seen.startS) / secondsSeen(seen, bounds);
  const next = { ...seen, zoom };
  return within({ ...next, startS: aroundS - share * secondsSeen(next, bounds) }, bounds);
}

/** @param by positive: nearer, by half the band a step @param aroundHz what stays in its place */
export function zoomFrequency(seen: Seen, bounds: Bounds, by: number, aroundHz: number): Seen {
  const span = between(
    (seen.highHz - seen.lowHz) / 2 ** by,
    Math.min(leastHz, bounds.highestHz),
    bounds.highestHz,
  );
  const lowHz = aroundHz - ((aroundHz - seen.lowHz) / (seen.highHz - seen.lowHz)) * span;
  return within({ ...seen, lowHz, highHz: lowHz + span }, bounds);
}

export const moved = (seen: Seen, bounds: Bounds, byS: number, byHz = 0): Seen =>
  within(
    { ...seen, startS: seen.startS + byS, lowHz: seen.lowHz + byHz, highHz: seen.highHz + byHz },
    bounds,
  );

/** So that a moment is seen: as it is where it already is, else in the first third. */
export function showing(seen: Seen, bounds: Bounds, atS: number): Seen {
  const span = secondsSeen(seen, bounds);
  if (atS >= seen.startS && atS <= seen.startS + span * 0.95) return seen;
  return within({ ...seen, startS: atS - span / 3 }, bounds);
}

/** So that a stretch is seen whole, as near as it can be, in the middle. */
export function framing(seen: Seen, bounds: Bounds, startS: number, endS: number): Seen {
  const wide = zoomSteps.findIndex((step) => step * bounds.width >= endS - startS);
  const next = { ...seen, zoom: wide < 0 ? zoomSteps.length - 1 : wide };
  return within({ ...next, startS: (startS + endS - secondsSeen(next, bounds)) / 2 }, bounds);
}

/** Round frequencies of a band, at most about `most` of them. */
export function hertzTicks(lowHz: number, highHz: number, most: number): number[] {
  const steps = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
  const step = steps.find((one) => (highHz - lowHz) / one <= most) ?? steps[steps.length - 1]!;
  const ticks: number[] = [];
  for (let i = Math.ceil(lowHz / step); i * step <= highHz; i++) ticks.push(i * step);
  return ticks;
}
