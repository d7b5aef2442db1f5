/** One network's loss curves, as uPlot data and options. */
import type uPlot from 'uplot';
import type { EpochFigures } from '../../../../main/contract/types.ts';
import { tokenColour } from '../../../design/colour.ts';

export const lossData = (epochs: readonly EpochFigures[]): uPlot.AlignedData => [
  epochs.map(({ epoch }) => epoch),
  epochs.map(({ trainingLoss }) => trainingLoss),
  epochs.map(({ validationLoss }) => validationLoss),
];

/** @param onLook told which epoch the pointer is at, counted from 0; null: at none */
export function lossOptions(
  width: number,
  height: number,
  onLook: (index: number | null) => void,
): uPlot.Options {
  const ink = tokenColour('--ink-faint');
  const series = (label: string, token: string): uPlot.Series => ({
    label,
    stroke: tokenColour(token),
    width: 1.75,
    points: { size: 4 },
  });
  return {
    width,
    height,
    legend: { show: false },
    hooks: { setCursor: [(u) => onLook(u.cursor.idx ?? null)] },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      // A first epoch alone still needs some width to stand in.
      x: { time: false, range: (_u, _first, last) => [0, Math.max(2, last ?? 0)] },
      y: { range: (_u, _least, most) => [0, most > 0 ? most * 1.05 : 1] },
    },
    axes: [
      {
        stroke: ink,
        grid: { show: false },
        ticks: { stroke: tokenColour('--line'), width: 1 },
        size: 26,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
      },
      { stroke: ink, grid: { stroke: tokenColour('--line'), width: 1 }, ticks: { show: false }, size: 38 },
    ],
    series: [{ label: 'epoch' }, series('training', '--series-0'), series('validation', '--series-1')],
  };
}
