import { count } from '../../../main/contract/figures.ts';
import { score, share } from '../format.ts';
import type { HardScores, Results, Robustness } from '../results.ts';
import { plainCell, textCell, type Cell, type Table } from '../table.ts';

const measures = [
  ['Accuracy', 'accuracy'],
  ['Weighted F1', 'weightedF1'],
] as const;

/** A model, and what it answers to harder sounds. */
export interface Hardened {
  readonly name: string;
  readonly clean: Results['experts'][number]['scores'];
  readonly hard: HardScores;
}

export function hardened({ experts, mixtures }: Results, { models }: Robustness): Hardened[] {
  return [...experts, ...mixtures].flatMap(({ name, scores }) => {
    const hard = models.find((one) => one.name === name);
    return hard ? [{ name, clean: scores, hard }] : [];
  });
}

/** Null where no harder sounds were answered. */
export function robustnessTable(results: Results): Table | null {
  const { robustness, protocol } = results;
  if (!robustness) return null;
  return {
    title: 'Harder sounds',
    columns: [
      'Model',
      'Measure',
      'As recorded',
      ...robustness.ways.map(({ name }) => name),
      'All harder ones',
      'Low',
      'High',
    ],
    rows: hardened(results, robustness).flatMap(({ name, clean, hard }) =>
      measures.map(([measure, of]): Cell[] => {
        const { pooled } = hard.scores[of];
        const values = [clean[of].pooled, ...hard.ways.map((way) => way[of]), pooled].map(
          ({ value }) => value,
        );
        return [
          textCell(name),
          textCell(measure),
          ...[...values, pooled.low, pooled.high].map((value) => plainCell(value, score)),
        ];
      }),
    ),
    notes: [
      `The same ${count(robustness.clips, 'clip')} made harder, over all folds: pink noise, or a clip of another class, at signal-to-noise ratios over the whole clip; as if sampled at a lower rate; louder until it clips, or quieter until the microphone’s steps show. Noise and other clips are drawn by the clips themselves: every model and every ratio has the same.`,
      `Models, temperatures and curiosity’s scale are those of clips as they were recorded: nothing was trained for this. “All harder ones” is the mean over the ${count(robustness.ways.length, 'way')}, Low and High its ${100 * protocol.level} % interval, whole sources drawn.`,
    ],
  };
}

/** For programs: one estimate a row. */
export function robustnessRows(results: Results): Pick<Table, 'columns' | 'rows'> | null {
  const { robustness } = results;
  if (!robustness) return null;
  return {
    columns: ['Model', 'Measure', 'Sounds', 'Value', 'Low', 'High'],
    rows: hardened(results, robustness).flatMap(({ name, clean, hard }) =>
      measures.flatMap(([measure, of]) =>
        [
          { sounds: 'as recorded', estimate: clean[of].pooled },
          ...robustness.ways.map((way, i) => ({ sounds: way.name, estimate: hard.ways[i]![of] })),
          { sounds: 'all harder ones', estimate: hard.scores[of].pooled },
        ].map(({ sounds, estimate: { value, low, high } }): Cell[] => [
          ...[name, measure, sounds].map(textCell),
          ...[value, low, high].map((one) => plainCell(one, score)),
        ]),
      ),
    ),
  };
}

/** What a headline says of them: the best on harder sounds, and what it was before. */
export function robustnessText(results: Results): string | null {
  const { robustness } = results;
  if (!robustness) return null;
  const [best] = hardened(results, robustness).sort(
    (a, b) => b.hard.scores.weightedF1.pooled.value - a.hard.scores.weightedF1.pooled.value,
  );
  if (!best) return null;
  const { clean, hard, name } = best;
  return `On harder sounds the best, ${name}, has ${share(hard.scores.accuracy.pooled.value)} accuracy, of ${share(clean.accuracy.pooled.value)} on those as recorded.`;
}
