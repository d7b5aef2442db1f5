import { digits, estimate, score } from '../format.ts';
import type { TradeOff, TradeOffs } from '../results.ts';
import { plainCell, sourcedCell, textCell, type Cell, type Table } from '../table.ts';

/** As recorded, and harder, where there are such. */
export const tradeOffsOf = (tradeOff: TradeOffs | null | undefined): { sounds: string; of: TradeOff }[] =>
  tradeOff
    ? [
        { sounds: 'as recorded', of: tradeOff.plain },
        ...(tradeOff.hard ? [{ sounds: 'all harder ones', of: tradeOff.hard }] : []),
      ]
    : [];

export interface TradeOffTold {
  readonly title: string;
  /** Of the intervals. */
  readonly level: number;
  /** How the settings are to be read. */
  readonly note: string;
}

/** Of the experts of a bank. */
export const deciding = (level: number): TradeOffTold => ({
  ...{ title: 'F1 against energy', level },
  note: 'With a threshold the bank’s least precise expert answers first, and where its top probability lies below the threshold the most precise is asked as well, whatever either costs on the board; the threshold is such that so many of the windows as recorded are asked twice, and harder ones meet the same. Chance asks as many windows twice, any of them.',
});

/** Null where no board told what the stages of an inference take. */
export function tradeOffTable(
  tradeOff: TradeOffs | null | undefined,
  { title, level, note }: TradeOffTold,
): Table | null {
  const all = tradeOffsOf(tradeOff);
  if (all.length === 0) return null;
  return {
    title,
    columns: ['Decision', 'Setting', 'Sounds', 'Energy, mJ', 'Accuracy', 'Weighted F1'],
    rows: all.flatMap(({ sounds, of: { source, curves } }) =>
      curves.flatMap(({ decision, points }) =>
        points.map((point): Cell[] => [
          ...[decision, point.setting, sounds].map(textCell),
          sourcedCell({ value: point.millijoule.value, source }, digits),
          ...[point.accuracy, point.weightedF1].map((one) => ({
            text: estimate(one),
            value: one.value,
            source: null,
          })),
        ]),
      ),
    ),
    notes: [
      `A window’s energy is the sum of the stages that ran for it, each with its mean on the board. ${note}`,
      `In brackets: ${100 * level} % percentile intervals, whole sources drawn for energy and score together; the CSV has those of the energy.`,
    ],
  };
}

/** For programs: with the intervals of all three. */
export function tradeOffRows(tradeOff: TradeOffs | null | undefined): Pick<Table, 'columns' | 'rows'> | null {
  const all = tradeOffsOf(tradeOff);
  if (all.length === 0) return null;
  const of = ['millijoule', 'accuracy', 'weightedF1'] as const;
  const names = ['Energy, mJ', 'Accuracy', 'Weighted F1'];
  return {
    columns: [
      ...['Decision', 'Setting', 'Sounds'],
      ...names.flatMap((name) => [name, `${name}: low`, `${name}: high`]),
    ],
    rows: all.flatMap(({ sounds, of: { source, curves } }) =>
      curves.flatMap(({ decision, points }) =>
        points.map((point): Cell[] => [
          ...[decision, point.setting, sounds].map(textCell),
          ...of.flatMap((measure) => {
            const { value, low, high } = point[measure];
            return [value, low, high].map((one) =>
              measure === 'millijoule' ? sourcedCell({ value: one, source }, digits) : plainCell(one, score),
            );
          }),
        ]),
      ),
    ),
  };
}
