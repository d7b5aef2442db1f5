import { count, grouped } from '../../../main/contract/figures.ts';
import type { DataSetSummary } from '../results.ts';
import { figureCell, textCell, type Table } from '../table.ts';

const counted = (value: number) => figureCell(value, 'counted', grouped);

export function classTable({ classes, clipsPerClass }: DataSetSummary): Table {
  return {
    title: 'Clips of each class',
    columns: ['Class', 'Clips'],
    rows: classes.map((name, i) => [textCell(name), counted(clipsPerClass[i]!)]),
    notes: [],
  };
}

export function foldTable({ folds }: DataSetSummary): Table {
  return {
    title: 'Folds',
    columns: ['Fold', 'Clips', 'Sources'],
    rows: folds.map(({ fold, clips, sources }) => [textCell(`${fold}`), counted(clips), counted(sources)]),
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
        counted(total),
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
