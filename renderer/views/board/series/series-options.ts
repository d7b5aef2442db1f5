/** One figure of a board over time, as uPlot options: each line in its band from least to most, events over both. */
import type uPlot from 'uplot';
import type { SeriesLine, TimelineEvent } from '../../../../main/contract/types.ts';
import { figureText, figureTicks, type Figure } from '../../../../main/fleet/contract/figure-words.ts';
import { chosenStretch } from '../../../components/plots/chosen-stretch.ts';
import { tokenColour } from '../../../design/colour.ts';
import { drawMarks } from './marks.ts';
import { timeAxis } from './time-axis.ts';
import type { ViewRange } from './view-range.ts';

/** Left of the plot, the same of all charts, so that their times stand below each other. */
const leftPixels = 74;

export interface Chart {
  width: number;
  height: number;
  range: ViewRange;
  /** As they are when it is drawn. */
  events: () => readonly TimelineEvent[];
  /** The pointer chose a stretch of it. */
  onRange: (range: ViewRange) => void;
  onCursor: (u: uPlot) => void;
}

/** Shared by all charts of a board: size, time, cursor and events. */
export function chartFrame({ width, height, range, events, onRange, onCursor }: Chart): uPlot.Options {
  const line = tokenColour('--line');
  const ink = tokenColour('--ink-faint');
  return {
    ...{ width, height, ms: 1, legend: { live: true } },
    padding: [8, 12, 0, 0],
    cursor: {
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false },
      // Only where the pointer is: what it chooses, it chooses in one chart.
      sync: {
        key: 'board-series',
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
    },
    scales: { x: { time: true, range: (_u, min, max) => [min, max], min: range.fromMs, max: range.toMs } },
    axes: [
      timeAxis(ink, line),
      { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, size: leftPixels },
    ],
    series: [{ label: 'time', value: '{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}' }],
    hooks: {
      setCursor: [onCursor],
      draw: [(u) => drawMarks(u, events())],
      setSelect: [chosenStretch((fromMs, toMs) => onRange({ fromMs, toMs }))],
    },
  };
}

const lineTokens = ['--series-0', '--series-1', '--series-4', '--series-2'];

export function seriesOptions(
  figure: Figure,
  lines: readonly Pick<SeriesLine, 'source'>[],
  chart: Chart,
): uPlot.Options {
  const frame = chartFrame(chart);
  const text = (_u: uPlot, value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : figureText(figure, value);
  const [time, value] = frame.axes!;
  return {
    ...frame,
    axes: [time!, { ...value, values: (_u, splits) => figureTicks(figure, splits) }],
    bands: lines.map((_line, at) => ({
      series: [3 * at + 2, 3 * at + 1],
      fill: `color-mix(in oklab, ${tokenColour(tokenAt(at))} 24%, transparent)`,
    })),
    series: [
      ...frame.series,
      ...lines.flatMap(({ source }, at) => {
        const of = source === null ? '' : `, ${source}`;
        const colour = tokenColour(tokenAt(at));
        const edge = { width: 0, points: { show: false }, value: text };
        return [
          { ...edge, label: `least${of}` },
          { ...edge, label: `most${of}` },
          { label: `mean${of}`, stroke: colour, width: 1.5, points: { size: 4 }, value: text },
        ];
      }),
    ],
  };
}

const tokenAt = (at: number): string => lineTokens[at % lineTokens.length]!;
