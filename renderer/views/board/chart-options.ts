/** The two live charts of a board, as uPlot options over the columns of its telemetry ring. */
import type uPlot from 'uplot';
import { tokenColour } from '../../design/colour.ts';
import { duration, energy, inOne } from '../../format/figures.ts';
import type { RingColumn, TelemetryRing } from '../../stores/telemetry-ring.ts';

export type ChartKind = 'latency' | 'energy';

/** The columns that a chart draws, back to front: a stack is drawn as filled totals, the largest first. */
export const chartColumns: Record<ChartKind, readonly RingColumn[]> = {
  latency: ['position', 'total', 'router', 'encoder', 'features'],
  energy: ['position', 'energy'],
};

export const chartData = (ring: TelemetryRing, kind: ChartKind): uPlot.AlignedData =>
  chartColumns[kind].map((name) => ring.view(name)) as unknown as uPlot.AlignedData;

/** Where records are missing before index i the line is cut: a gap stays a gap. */
export function gapsOf(ring: TelemetryRing): { from: number; to: number; missing: number }[] {
  const missing = ring.view('missing');
  const position = ring.view('position');
  const gaps = [];
  for (let i = 1; i < missing.length; i++) {
    if (missing[i]! > 0) gaps.push({ from: position[i - 1]!, to: position[i]!, missing: missing[i]! });
  }
  return gaps;
}

export function chartOptions(
  kind: ChartKind,
  ring: TelemetryRing,
  width: number,
  height: number,
): uPlot.Options {
  const ink = tokenColour('--ink-faint');
  const grid = { stroke: tokenColour('--line'), width: 1 };
  const cut: uPlot.Series.GapsRefiner = (u, _series, first, last, _nulls) =>
    gapsOf(ring)
      .filter((gap) => gap.to >= ring.view('position')[first]! && gap.from <= ring.view('position')[last]!)
      .map((gap) => [u.valToPos(gap.from, 'x', true), u.valToPos(gap.to, 'x', true)]);

  const series = (label: string, token: string, value: (index: number) => string): uPlot.Series => ({
    label,
    stroke: tokenColour(token),
    fill: `color-mix(in oklab, ${tokenColour(token)} ${kind === 'latency' ? 45 : 18}%, ${tokenColour('--panel')})`,
    width: 1.25,
    points: { show: false },
    gaps: cut,
    value: (_u, _raw, _series, index) => (index === null || index === undefined ? '–' : value(index)),
  });
  const at = (column: RingColumn, index: number) => ring.view(column)[index] ?? 0;
  const between = (upper: RingColumn, lower: RingColumn) => (index: number) =>
    inOne(duration(at(upper, index) - at(lower, index)));
  const unit = kind === 'latency' ? duration : energy;

  return {
    width,
    height,
    legend: { live: true },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: (_u, _min, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      {
        stroke: ink,
        grid: { show: false },
        ticks: grid,
        size: 28,
        // There is nothing between two records.
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
        values: (_u, splits) => splits.map((position) => sequenceAt(ring, position)),
      },
      {
        stroke: ink,
        grid,
        ticks: { show: false },
        size: 62,
        values: (_u, splits) => splits.map((value) => (value === 0 ? '0' : inOne(unit(value)))),
      },
    ],
    series: [
      { label: 'record', value: (_u, position) => (position === null ? '–' : sequenceAt(ring, position)) },
      ...(kind === 'latency'
        ? [
            series('expert', '--stage-expert', between('total', 'router')),
            series('router', '--stage-router', between('router', 'encoder')),
            series('encoder', '--stage-encoder', between('encoder', 'features')),
            series('features', '--stage-features', (index) => inOne(duration(at('features', index)))),
          ]
        : [series('energy', '--energy', (index) => inOne(energy(at('energy', index))))]),
    ],
    hooks: { drawAxes: [(u) => drawGaps(u, ring)], draw: [(u) => drawRestarts(u, ring)] },
  };
}

/** Hatches each gap and writes how many records are missing. */
function drawGaps(u: uPlot, ring: TelemetryRing): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.fillStyle = tokenColour('--warn-wash');
  ctx.font = `${11 * devicePixelRatio}px sans-serif`;
  ctx.textAlign = 'center';
  for (const gap of gapsOf(ring)) {
    const left = u.valToPos(gap.from, 'x', true);
    const right = u.valToPos(gap.to, 'x', true);
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.fillStyle = tokenColour('--warn-wash');
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = tokenColour('--warn');
    ctx.fillText(`−${gap.missing}`, (left + right) / 2, bbox.top + 12 * devicePixelRatio);
  }
  ctx.restore();
}

/** A dashed line where the board restarted and its sequence began anew. */
function drawRestarts(u: uPlot, ring: TelemetryRing): void {
  const { ctx, bbox } = u;
  const boot = ring.view('boot');
  const position = ring.view('position');
  ctx.save();
  ctx.strokeStyle = tokenColour('--ink-soft');
  ctx.fillStyle = ctx.strokeStyle;
  ctx.font = `${11 * devicePixelRatio}px sans-serif`;
  ctx.textAlign = 'left';
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (let i = 1; i < boot.length; i++) {
    if (boot[i] === boot[i - 1]) continue;
    const x = u.valToPos(position[i]!, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText('restart', x + 4 * devicePixelRatio, bbox.top + bbox.height - 6 * devicePixelRatio);
  }
  ctx.restore();
}

/** The sequence number of the record nearest to a position; nothing beyond the ends. */
function sequenceAt(ring: TelemetryRing, position: number): string {
  const positions = ring.view('position');
  if (positions.length === 0 || position < positions[0]! || position > positions[positions.length - 1]!)
    return '';
  let low = 0;
  let high = positions.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle]! < position) low = middle + 1;
    else high = middle;
  }
  return String(ring.view('sequence')[low]);
}
