import { count } from '../../../main/contract/figures.ts';
import { list, score, share } from '../format.ts';
import type { Results, SeedSpread } from '../results.ts';
import { emptyCell, plainCell, textCell, type Cell, type Table } from '../table.ts';

const measures = [
  ['Accuracy', 'accuracy'],
  ['Weighted F1', 'weightedF1'],
] as const;

/** What the seed alone makes of a score, beside what the fold makes of it; null where every fold was trained once. */
export function seedTable({ experts, mixtures, protocol }: Results): Table | null {
  const seeds = protocol.seeds ?? [];
  if (seeds.length < 2) return null;
  const rows = [...experts, ...mixtures].flatMap(({ name, scores }) =>
    measures.flatMap(([measure, of]) => {
      const spread = scores[of].seeds;
      return spread ? [[textCell(name), textCell(measure), ...cells(scores[of].mean, spread)]] : [];
    }),
  );
  return {
    title: 'Seeds',
    columns: [
      'Model',
      'Measure',
      'Mean',
      ...seeds.map((seed) => `Seed ${seed}`),
      'Deviation of whole evaluations',
      'Within a fold, seed to seed',
      'Fold to fold, seeds taken off',
    ],
    rows,
    notes: [
      `Each seed’s figure is its mean over the folds, and the deviation that of those ${count(seeds.length, 'figure')}: so much would differ by luck alone if everything were trained anew. Within a fold: the root of the mean over folds of the variance between seeds. Fold to fold: the variance component of a one-way layout, what seeds add to it taken off; 0 where nothing is left.`,
      'Intervals and tests draw sources, and take the mean over the seeds of each draw: a clip that several trainings answer counts once. They are of these trainings’ mean; what another seed would give lies in the deviations here.',
    ],
  };
}

const cells = (mean: number, { values, deviation, within, between }: SeedSpread): Cell[] => [
  plainCell(mean, score),
  ...values.map(({ value }) => plainCell(value, score)),
  plainCell(deviation, score),
  plainCell(within, score),
  between === null ? emptyCell : plainCell(between, score),
];

/** In words, of the models that a headline shows; null where every fold was trained once. */
export function seedsText(
  models: readonly {
    readonly name: string;
    readonly scores: { readonly accuracy: { readonly seeds?: SeedSpread } };
  }[],
  seeds: readonly number[] | undefined,
): string | null {
  const known = models.flatMap(({ name, scores: { accuracy } }) =>
    accuracy.seeds ? [`±${share(accuracy.seeds.deviation)} with ${name}`] : [],
  );
  if (seeds === undefined || seeds.length < 2 || known.length === 0) return null;
  return `From seed to seed (${count(seeds.length, 'seed')}) the mean over folds differs by ${list(known)}.`;
}
