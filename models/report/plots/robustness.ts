/** Accuracy against the ratio of signal to noise, a line a model. */
import type { Results } from '../results.ts';
import { shownModels } from '../shown.ts';
import { hardened, type Hardened } from '../tables/robustness.ts';
import { axis, plot, unitAxis, type Axis, type Point } from './frame.ts';
import type { Markup } from '../markup.ts';
import { marked } from './layers.ts';

export interface SnrCurves {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

const titles = {
  noise: 'Accuracy in pink noise',
  clip: 'Accuracy under a clip of another class',
} as const;

/** One for noise and one for other clips, of those that were heard at several ratios. */
export function snrCurves(results: Results): SnrCurves[] {
  const { robustness } = results;
  if (!robustness) return [];
  const shown = shownOf(results, hardened(results, robustness));
  return (['noise', 'clip'] as const).flatMap((kind) => {
    const ways = robustness.ways.flatMap((way, at) => (way.kind === kind ? [{ at, value: way.value }] : []));
    if (ways.length < 2) return [];
    const sorted = ways.sort((a, b) => a.value - b.value);
    return [
      {
        title: titles[kind],
        x: axis('Signal to noise, dB', sorted[0]!.value, sorted.at(-1)!.value),
        y: unitAxis('Accuracy'),
        curves: shown.map(({ name, hard }) => ({
          name,
          points: sorted.map(({ at, value }): Point => [value, hard.ways[at]!.accuracy.value]),
        })),
      },
    ];
  });
}

/** The routers that other plots show, and the bank's experts of least and of most precision. */
function shownOf(results: Results, models: readonly Hardened[]): Hardened[] {
  const { bank } = results;
  const names = new Set([...shownModels(results).map(({ name }) => name), bank[0], bank.at(-1)]);
  return models.filter(({ name }) => names.has(name));
}

export const snrPlots = (results: Results): Markup[] =>
  snrCurves(results).map(({ title, x, y, curves }) =>
    plot(
      title,
      { x, y },
      curves.map(({ points }, series) => marked({ x, y }, points, series)),
      curves.map(({ name }, series) => ({ series, text: name })),
      'Further to the left the sound is harder to hear.',
    ),
  );
