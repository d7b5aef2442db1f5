import { count, grouped } from '../../../main/contract/figures.ts';
import type { DataSetSummary } from '../results.ts';
import { plainCell, textCell, type Table } from '../table.ts';

const number = (value: number) => plainCell(value, grouped);

export function classTable({ classes, clipsPerClass }: DataSetSummary): Table {
  return {
    title: 'Clips of each class',
    columns: ['Class', 'Clips'],
    rows: classes.map((name, i) => [textCell(name), number(clipsPerClass[i]!)]),
    notes: [],
  };
}

export function foldTable({ folds }: DataSetSummary): Table {
  return {
    title: 'Folds',
    columns: ['Fold', 'Clips', 'Sources'],
    rows: folds.map(({ fold, clips, sources }) => [textCell(`${fold}`), number(clips), number(sources)]),
    notes: ['A source is the recording that clips were cut from.'],
  };
}

/** Names that a row of the report shows; the CSV has all that the results hold. */
const shownNames = 12;

export function problemTable({ problems }: DataSetSummary): Table {
  return {
    title: 'Problems of the data set',
    columns: ['Problem', 'Count', 'Clips', 'Names'],
    rows: problems.map(({ what, count: total, names, leftOut }) => {
      const shown = names.slice(0, shownNames);
      const rest = total - shown.length;
      return [
        textCell(what),
        number(total),
        textCell(leftOut ? 'left out' : 'used'),
        {
          text: `${shown.join(', ')}${rest > 0 ? ` and ${count(rest, 'other')}` : ''}`,
          value: names.join('; '),
          source: null,
        },
      ];
    }),
    notes: [],
  };
}
