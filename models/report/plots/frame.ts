import { grouped } from '../../../main/contract/figures.ts';
import { markup, type Markup, type Part } from '../markup.ts';

/** Drawing area in the units of the SVG's viewBox, with room for labels around it. */
const size = { width: 360, height: 250, left: 50, right: 14, top: 12, bottom: 42 };

export interface Axis {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** An axis from `low` to `high`, or to the ticks just beyond them; about five ticks at 1, 2 or 5 times a power of ten. */
export function axis(label: string, low: number, high: number): Axis {
  const span = high > low ? high - low : Math.abs(high) || 1;
  const raw = span / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { label, low: ticks[0]!, high: ticks.at(-1)!, ticks };
}

/** A share, 0 to 1. */
export const unitAxis = (label: string): Axis => axis(label, 0, 1);

export type Point = readonly [x: number, y: number];

export interface Frame {
  readonly x: Axis;
  readonly y: Axis;
}

export const xOf = ({ x }: Frame, value: number): number =>
  size.left + ((value - x.low) / (x.high - x.low)) * (size.width - size.left - size.right);

export const yOf = ({ y }: Frame, value: number): number =>
  size.height - size.bottom - ((value - y.low) / (y.high - y.low)) * (size.height - size.top - size.bottom);

/** Coordinates to a tenth of a unit: no eye or printer sees more. */
export const at = (value: number): string => (Math.round(value * 10) / 10).toString();

const tickText = (tick: number, { ticks }: Axis): string => {
  const step = ticks[1]! - ticks[0]!;
  return Math.abs(tick) >= 1e4
    ? grouped(tick)
    : tick.toFixed(Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))));
};

/** One entry of a plot's key, in the colour of a series. */
export interface KeyEntry {
  readonly series: number;
  readonly text: string;
  readonly shape?: 'line' | 'faint' | 'area';
}

/** A plot with axes, its key and a caption; `layers` are drawn in order. */
export function plot(title: string, frame: Frame, layers: Part, key: readonly KeyEntry[], note = ''): Markup {
  const { width, height, left, right, bottom } = size;
  const base = height - bottom;
  return figure(
    title,
    markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
${frame.y.ticks.map((tick) => {
  const y = at(yOf(frame, tick));
  return markup`<line class="grid" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}"/><text x="${left - 6}" y="${y}" dy="0.35em" text-anchor="end">${tickText(tick, frame.y)}</text>`;
})}
${frame.x.ticks.map((tick) => markup`<text x="${at(xOf(frame, tick))}" y="${base + 15}" text-anchor="middle">${tickText(tick, frame.x)}</text>`)}
<line class="axis" x1="${left}" x2="${width - right}" y1="${base}" y2="${base}"/>
${layers}
<text class="label" x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${frame.x.label}</text>
<text class="label" transform="translate(12 ${(size.top + base) / 2}) rotate(-90)" text-anchor="middle">${frame.y.label}</text>
</svg>`,
    key,
    note,
  );
}

export function figure(
  title: string,
  drawing: Part,
  key: readonly KeyEntry[],
  note = '',
  wide = false,
): Markup {
  const entries = key.map(
    ({ series, text, shape }) => markup`<li class="s${series} ${shape ?? 'line'}">${text}</li>`,
  );
  return markup`<figure class="plot ${wide ? 'wide' : ''}"><figcaption>${title}</figcaption>
${drawing}
${key.length > 0 ? markup`<ul class="key">${entries}</ul>` : null}${note ? markup`<p class="note">${note}</p>` : null}</figure>\n`;
}
