/** A timeline as a drawing of its own, the same on the page and in a file. */
import { count, grouped } from '../../contract/figures.ts';
import type { TimelineDay, TimelineHour } from './rows.ts';

export interface TimelineDrawing {
  /** As the days were asked for: rows begin at midnight, or at noon. */
  by: 'day' | 'night';
  /** One class alone; null: all together. */
  label: string | null;
  /** Above it. */
  title: string;
}

const cell = { width: 24, gap: 1 } as const;
const margin = { left: 84, top: 48, bottom: 64, right: 16 } as const;
/** From few to many: of one hue's turn, each step darker, told apart without colour as well. */
const scale = ['#fde3a7', '#f9b35c', '#ee7d4a', '#cf4a56', '#9b2a63', '#5c1a5e'] as const;
const ink = '#1f2328';
/** Of an hour that was recorded, and of the edge of one that was not. */
const pale = '#e8e8e8';
const edge = '#9a9a9a';
const dayMs = 86_400_000;

/**
 * A heat map, SVG: a row a day or night from the first to the last, a column an hour. A cell that is missing was not
 * recorded, a pale one was and nothing was detected; colours go by the square root of the count. Every colour is told, the
 * paper's too: programs that draw SVG differ in what they make of a colour that is the reader's own.
 * @param days in the order of time
 */
export function timelineSvg(days: readonly TimelineDay[], { by, label, title }: TimelineDrawing): string {
  const first = days.length > 0 ? Date.parse(days[0]!.day) : 0;
  const last = days.length > 0 ? Date.parse(days.at(-1)!.day) : -dayMs;
  const rows = Math.round((last - first) / dayMs) + 1;
  const height = rows > 60 ? Math.max(2, Math.floor(1200 / rows)) : 18;
  const most = Math.max(1, ...days.flatMap(({ hours }) => hours.map((hour) => detectionsOf(hour, label))));
  const width = margin.left + 24 * cell.width + margin.right;
  const bottom = margin.top + rows * height;
  const place = (hour: number): number =>
    margin.left + ((hour + (by === 'night' ? 12 : 0)) % 24) * cell.width;
  const cells = days.flatMap(({ day, hours }) => {
    const y = margin.top + Math.round((Date.parse(day) - first) / dayMs) * height;
    return hours.map((hour) => {
      const found = detectionsOf(hour, label);
      const fill = `fill="${found === 0 ? pale : colourOf(found, most)}"`;
      const size = `width="${cell.width - cell.gap}" height="${Math.max(1, height - cell.gap)}"`;
      const told = `${day} ${two(hour.hour)}:00: ${count(found, 'detection')} in ${minutes(hour)} recorded`;
      return `<rect x="${place(hour.hour)}" y="${y}" ${size} ${fill}><title>${told}</title></rect>`;
    });
  });
  const every = Math.ceil(14 / height);
  const dates = Array.from({ length: rows }, (_, row) =>
    row % every === 0
      ? text(
          margin.left - 8,
          margin.top + row * height + Math.min(height, 12),
          isoDay(first + row * dayMs),
          'end',
        )
      : '',
  );
  const hours = [0, 3, 6, 9, 12, 15, 18, 21].map((hour) =>
    text(place(hour), margin.top - 6, two(hour), 'start'),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + margin.bottom}" viewBox="0 0 ${width} ${bottom + margin.bottom}" role="img" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${bottom + margin.bottom}" fill="#ffffff"/>`,
    `<text x="${margin.left}" y="18" font-size="13" font-weight="600" fill="${ink}" stroke="none">${escaped(title)}</text>`,
    ...hours,
    ...dates.filter((one) => one !== ''),
    ...cells,
    ...legend(bottom + 18, most),
    '</svg>\n',
  ].join('\n');
}

/** In an hour, of one class or of all. */
export const detectionsOf = ({ detections }: TimelineHour, label: string | null): number =>
  label === null ? Object.values(detections).reduce((sum, one) => sum + one, 0) : (detections[label] ?? 0);

/** @param found at least 1 @param most at least as many */
function colourOf(found: number, most: number): string {
  const share = most === 1 ? 1 : (Math.sqrt(found) - 1) / (Math.sqrt(most) - 1);
  return scale[Math.min(scale.length - 1, Math.floor(share * scale.length))]!;
}

function legend(y: number, most: number): string[] {
  const box = (x: number, fill: string): string => `<rect x="${x}" y="${y}" width="16" height="12" ${fill}/>`;
  const steps = scale.map((colour, i) => box(margin.left + 16 * i, `fill="${colour}"`));
  const x = margin.left + 16 * scale.length;
  return [
    ...steps,
    text(margin.left, y + 26, '1', 'start'),
    text(x, y + 26, `${grouped(most)} an hour`, 'end'),
    box(x + 24, `fill="${pale}"`),
    text(x + 46, y + 10, 'recorded, nothing detected', 'start'),
    box(x + 210, `fill="none" stroke="${edge}"`),
    text(x + 232, y + 10, 'not recorded', 'start'),
  ];
}

const text = (x: number, y: number, what: string, anchor: 'start' | 'end'): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${ink}" stroke="none">${escaped(what)}</text>`;
const escaped = (what: string): string =>
  what.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const two = (value: number): string => String(value).padStart(2, '0');
const minutes = ({ recordedS }: TimelineHour): string => `${(recordedS / 60).toFixed(0)} min`;
