/** What a board heard over time, as uPlot options: a bar a stretch, its classes upon each other. */
import uPlot from 'uplot';
import { grouped } from '../../../../main/contract/figures.ts';
import type { ClassTimeline } from '../../../../main/contract/types.ts';
import { tokenColour } from '../../../design/colour.ts';
import { chartFrame, type Chart } from './series-options.ts';

/** Classes that have a colour of their own; the others share the last. */
const own = 7;

export interface ShownClass {
  name: string;
  records: number;
  /** Of its colour, 0 to 7. */
  series: number;
}

/** The most frequent, and the others as one. */
export function shownClasses({ classes }: Pick<ClassTimeline, 'classes'>): ShownClass[] {
  const shown = classes
    .slice(0, own)
    .map(({ name, records }, series) => ({ name: name ?? 'no class', records, series }));
  const others = classes.slice(own);
  if (others.length === 0) return shown;
  const records = others.reduce((sum, one) => sum + one.records, 0);
  return [
    ...shown,
    {
      name: others.length === 1 ? (others[0]!.name ?? 'no class') : `${others.length} others`,
      records,
      series: own,
    },
  ];
}

/** Times, then of each class that is shown the total up to it: drawn from the last, the largest, to the first. */
export function classColumns({
  everyMs,
  classes,
  buckets,
}: Pick<ClassTimeline, 'everyMs' | 'classes' | 'buckets'>): number[][] {
  const shown = shownClasses({ classes }).length;
  const totals = buckets.map(({ records }) => {
    let upTo = 0;
    const sums = records.slice(0, own).map((n) => (upTo += n));
    const others = records.slice(own).reduce((sum, n) => sum + n, 0);
    return shown > own ? [...sums, upTo + others] : sums;
  });
  return [
    buckets.map(({ atMs }) => atMs + everyMs / 2),
    ...Array.from({ length: shown }, (_, at) => totals.map((sums) => sums[at]!)).reverse(),
  ];
}

export function classOptions(shown: readonly ShownClass[], everyMs: number, chart: Chart): uPlot.Options {
  const frame = chartFrame(chart);
  const [time, value] = frame.axes!;
  // As wide as the stretch is, whatever lies beside it.
  const bars = uPlot.paths.bars!({
    size: [1, Infinity],
    disp: {
      x0: { unit: 1, values: (u) => Array.from(u.data[0], (ms) => ms - everyMs / 2) },
      size: { unit: 1, values: (u) => Array.from(u.data[0], () => everyMs) },
    },
  });
  const painted = [...shown].reverse();
  return {
    ...frame,
    legend: { show: false },
    scales: { ...frame.scales, y: { range: (_u, _min, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      time!,
      {
        ...value,
        values: (_u, splits) => splits.map((split) => (Number.isInteger(split) ? grouped(split) : '')),
      },
    ],
    series: [
      ...frame.series,
      ...painted.map(({ name, series }) => ({
        label: name,
        fill: tokenColour(`--series-${series}`),
        stroke: tokenColour('--panel'),
        width: 0,
        paths: bars,
        points: { show: false },
      })),
    ],
  };
}
