/** Plots of what a router does, and what it costs in time. */
import { count } from '../../../main/contract/figures.ts';
import { deviation } from '../../evaluation/moments.ts';
import { digits, milliseconds, share } from '../format.ts';
import type { Markup } from '../markup.ts';
import type { FlipStudy, LossCurve, MixtureResult } from '../results.ts';
import { axis, plot, unitAxis, type Point } from './frame.ts';
import { colours, line, marked, steps } from './layers.ts';

/** @param routers the plain router and those of curiosity, in rising alpha */
export function sharesPlot(bank: readonly string[], routers: readonly MixtureResult[]): Markup {
  const alphas = routers.map(({ alpha }) => alpha ?? 0);
  const frame = { x: axis('Alpha', 0, Math.max(...alphas)), y: unitAxis('Share of the routings') };
  return plot(
    'Routing shares against alpha',
    frame,
    bank.map(
      (_, expert) =>
      marked(frame, routers.map(({ usage }, i): Point => [alphas[i]!, usage[expert]!]), expert), // prettier-ignore
    ),
    bank.map((text, series) => ({ series: series % colours, text })),
  );
}

export function flipPlot({ alpha, draws, windows, points }: FlipStudy): Markup {
  const frame = {
    x: axis('Passes', 0, Math.max(...points.map(({ passes }) => passes))),
    y: axis('Share of windows that flip', 0, Math.max(0.01, ...points.map(({ rate }) => rate))),
  };
  return plot(
    'Routing flips against passes',
    frame,
    marked(frame, points.map(({ passes, rate }): Point => [passes, rate]), 0), // prettier-ignore
    [],
    `A window flips if ${count(draws, 'draw')} of the dropout do not all choose the same expert; ${count(windows, 'window')}, alpha ${alpha}. At ${points.map(({ passes, rate }) => `${passes}: ${share(rate)}`).join(', ')}.`,
  );
}

const latencyBins = 40;

/** @param mixtures with a cost each */
export function latencyPlot(mixtures: readonly MixtureResult[]): Markup {
  const runs = mixtures.map(({ cost }) => cost!.latencyUs.map((us) => us / 1000));
  const all = runs.flat();
  const low = all.reduce((least, ms) => Math.min(least, ms), Infinity);
  const high = all.reduce((most, ms) => Math.max(most, ms), -Infinity);
  const x = axis('Latency of one inference, ms', low, high);
  const width = (x.high - x.low) / latencyBins;
  const edges = Array.from({ length: latencyBins + 1 }, (_, i) => x.low + i * width);
  const shares = runs.map((run) => {
    const bins = new Array<number>(latencyBins).fill(0);
    for (const ms of run)
      bins[Math.min(latencyBins - 1, Math.floor((ms - x.low) / width))]! += 1 / run.length;
    return bins;
  });
  const frame = { x, y: axis('Share of inferences', 0, Math.max(...shares.flat())) };
  return plot(
    'Latency of each inference',
    frame,
    shares.map((heights, series) => steps(frame, edges, heights, series)),
    mixtures.map(({ name, cost }, series) => ({
      series,
      shape: 'area',
      text: `${name}, deviation ${deviationText(cost!.latencyUs)} (${cost!.latencySource}, ${digits(cost!.latencyUs.length)})`,
    })),
  );
}

function deviationText(latencyUs: readonly number[]): string {
  const value = deviation(latencyUs);
  return value === null ? 'unknown' : `${milliseconds(value)} ms`;
}

export function lossPlot(name: string, losses: readonly LossCurve[]): Markup {
  const points = (values: readonly number[]) => values.map((loss, i): Point => [i + 1, loss]);
  const all = losses.flatMap(({ training, validation }) => [...training, ...validation]);
  const epochs = Math.max(...losses.map(({ training }) => training.length));
  const frame = { x: axis('Epoch', 0, epochs), y: axis('Loss', Math.min(...all, 0), Math.max(...all)) };
  return plot(
    `Loss of ${name}`,
    frame,
    losses.map(({ training, validation }) => [
      line(frame, points(training), 0),
      line(frame, points(validation), 1),
    ]),
    [
      { series: 0, text: 'training' },
      { series: 1, text: 'validation' },
    ],
    losses.length > 1 ? `A line for each ${linesOf(losses)}.` : '',
  );
}

function linesOf(losses: readonly LossCurve[]): string {
  const seeds = new Set(losses.map(({ seed }) => seed)).size;
  const folds = [...new Set(losses.map(({ fold }) => fold))].join(', ');
  return seeds > 1 ? `of ${count(seeds, 'seed')} in each of folds ${folds}` : `of folds ${folds}`;
}
