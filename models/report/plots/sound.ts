/** A stretch of a recording as a drawing that needs no picture file: its waveform over its spectrogram. */
import { markup, type Markup, type Part } from '../markup.ts';
import { at, axis, figure } from './frame.ts';

export interface HeardStretch {
  /** Into the recording. */
  readonly startS: number;
  readonly seconds: number;
  /** Least and most of each of equally long pieces, −1 … 1. */
  readonly wave: readonly (readonly [least: number, most: number])[];
  readonly columns: number;
  /** From 0 Hz up to `highestHz`, evenly. */
  readonly bands: number;
  readonly highestHz: number;
  /** [columns][bands]: half decibels, 255 for a sine of full scale. */
  readonly levels: Uint8Array;
}

/** A stretch that is pointed at, seconds into the recording. */
export interface PointedAt {
  readonly startS: number;
  readonly endS: number;
}

const size = { width: 860, left: 46, right: 10, wave: 56, gap: 6, sound: 150, mark: 5, bottom: 36 };
const plotWidth = size.width - size.left - size.right;
const soundTop = size.wave + size.gap;
const base = soundTop + size.sound;
/** What is louder than the ground is drawn in so many shades, over so many half decibels below the loudest. */
const shades = 6;
const shown = 110;

export function soundPlot(
  title: string,
  heard: HeardStretch,
  marks: readonly PointedAt[],
  note: string,
): Markup {
  const { startS, seconds } = heard;
  const x = (timeS: number): number => size.left + ((timeS - startS) / seconds) * plotWidth;
  const times = axis('', startS, startS + seconds).ticks.filter(
    (tick) => tick >= startS - 1e-6 && tick <= startS + seconds + 1e-6,
  );
  const kilohertz = axis('', 0, heard.highestHz / 1000).ticks.filter(
    (tick) => tick <= heard.highestHz / 1000,
  );
  const drawing = markup`<svg viewBox="0 0 ${size.width} ${base + size.bottom}" role="img" aria-label="${title}">
<svg x="${size.left}" y="0" width="${plotWidth}" height="${size.wave}" viewBox="0 0 ${heard.wave.length} 200" preserveAspectRatio="none"><path class="sound" d="${wavePath(heard)}"/></svg>
<svg x="${size.left}" y="${soundTop}" width="${plotWidth}" height="${size.sound}" viewBox="0 0 ${heard.columns} ${heard.bands}" preserveAspectRatio="none">${shadePaths(heard)}</svg>
${marks.map((mark): Part => {
  const [from, to] = [Math.max(size.left, x(mark.startS)), Math.min(size.width - size.right, x(mark.endS))];
  return to <= from
    ? null
    : markup`<rect class="s1 dot" x="${at(from)}" y="${base + 2}" width="${at(to - from)}" height="${size.mark}"/>`;
})}
<line class="axis" x1="${size.left}" x2="${size.width - size.right}" y1="${base}" y2="${base}"/>
${kilohertz.map((tick) => markup`<text x="${size.left - 6}" y="${at(base - (tick * 1000 * size.sound) / heard.highestHz)}" dy="0.35em" text-anchor="end">${tick}</text>`)}
${times.map((tick) => markup`<text x="${at(x(tick))}" y="${base + 20}" text-anchor="middle">${Number(tick.toFixed(3))}</text>`)}
<text class="label" x="${size.left + plotWidth / 2}" y="${base + 33}" text-anchor="middle">seconds</text>
<text class="label" transform="translate(12 ${soundTop + size.sound / 2}) rotate(-90)" text-anchor="middle">kHz</text>
</svg>`;
  return figure(title, drawing, [], note, true);
}

const wavePath = ({ wave }: HeardStretch): string =>
  wave
    .map(([least, most], i) => {
      const [top, bottom] = [100 - 100 * most, 100 - 100 * least].map(Math.round) as [number, number];
      // Silence is a line, too.
      return `M${i} ${top}h1v${Math.max(1, bottom - top)}h-1z`;
    })
    .join('');

/** A path a shade, of runs along time: a tenth of what a rectangle for each cell would take. */
function shadePaths({ columns, bands, levels }: HeardStretch): Markup[] {
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  const shadeOf = (column: number, band: number): number => {
    const level = levels[column * bands + band]!;
    const above = level - (loudest - shown);
    return level === 0 || above <= 0 ? 0 : Math.min(shades, Math.ceil((above / shown) * shades));
  };
  const paths = Array.from({ length: shades + 1 }, () => '');
  for (let band = 0; band < bands; band++)
    for (let column = 0; column < columns;) {
      const shade = shadeOf(column, band);
      let end = column + 1;
      while (end < columns && shadeOf(end, band) === shade) end++;
      if (shade > 0) paths[shade] += `M${column} ${bands - 1 - band}h${end - column}v1h-${end - column}z`;
      column = end;
    }
  return paths.flatMap((path, shade) =>
    path === ''
      ? []
      : [markup`<path class="sound" fill-opacity="${(shade / shades).toFixed(2)}" d="${path}"/>`],
  );
}
