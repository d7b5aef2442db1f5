/** Captures as uPlot options: each a line of means in its band from least to most, marks behind them. */
import type uPlot from 'uplot';
import { amperesText } from '../../../main/instruments/contract/words.ts';
import { chosenStretch } from '../../components/plots/chosen-stretch.ts';
import { tokenColour } from '../../design/colour.ts';
import type { Stretch } from './stretch.ts';

const tokens = ['--series-0', '--series-1'];

export interface PowerChart {
  width: number;
  height: number;
  names: readonly string[];
  marks: () => readonly Stretch[];
  onStretch: (stretch: Stretch) => void;
}

export function powerOptions({ width, height, names, marks, onStretch }: PowerChart): uPlot.Options {
  const line = tokenColour('--line');
  const ink = tokenColour('--ink-faint');
  const shade = `color-mix(in oklab, ${tokenColour('--accent')} 12%, transparent)`;
  const text = (_u: uPlot, value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : amperesText(value);
  return {
    ...{ width, height, legend: { live: true }, padding: [8, 12, 0, 0] },
    cursor: { points: { size: 6 }, drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: false, range: (_u, min, max) => [min, max] } },
    axes: [
      {
        ...{ stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false } },
        values: (_u, splits) => splits.map((one) => `${Number(one.toPrecision(9))} s`),
      },
      {
        ...{ stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, size: 74 },
        values: (_u, splits) => splits.map(amperesText),
      },
    ],
    bands: names.map((_name, at) => ({
      series: [3 * at + 2, 3 * at + 1],
      fill: `color-mix(in oklab, ${tokenColour(tokens[at]!)} 28%, transparent)`,
    })),
    series: [
      { label: 'time', value: (_u, value) => (value === null ? '–' : `${value.toPrecision(7)} s`) },
      ...names.flatMap((name, at): uPlot.Series[] => {
        const colour = tokenColour(tokens[at]!);
        const edge = { stroke: colour, width: 0.5, points: { show: false }, value: text };
        return [
          { ...edge, label: `${name}: least` },
          { ...edge, label: 'most' },
          { label: 'mean', stroke: colour, width: 1.5, points: { show: false }, value: text },
        ];
      }),
    ],
    hooks: {
      drawClear: [
        (u) => {
          u.ctx.fillStyle = shade;
          for (const { fromS, toS } of marks()) {
            const [left, right] = [u.valToPos(fromS, 'x', true), u.valToPos(toS, 'x', true)];
            const from = Math.max(u.bbox.left, left);
            const to = Math.min(u.bbox.left + u.bbox.width, right);
            if (to > from) u.ctx.fillRect(from, u.bbox.top, Math.max(1, to - from), u.bbox.height);
          }
        },
      ],
      setSelect: [chosenStretch((fromS, toS) => onStretch({ fromS, toS }))],
    },
  };
}
