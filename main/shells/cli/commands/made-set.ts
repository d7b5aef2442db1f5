import { count, grouped } from '../../../contract/figures.ts';
import type { LabelledSet } from '../../../contract/types.ts';
import type { Answer } from '../command.ts';
import { exit } from '../exit.ts';
import { table, type Row } from '../output.ts';

/** Tells of a labelled set. @param why detections were left out */
export function madeSet(made: LabelledSet, why: string): Answer {
  const text = [
    table(
      ['class', 'clips'],
      made.classes.map(({ label, clips }): Row => [label, clips]),
    ),
    `Written: ${made.path}, ${count(made.cut, 'clip')} cut, ${grouped(made.copied)} copied; ${count(made.leftOut, 'detection')} left out, ${why}.`,
    ...made.failed.map((one) => `no clip of ${one.path}: ${one.message}`),
  ].join('\n');
  return { text, json: made, exit: made.failed.length > 0 ? exit.some : exit.done };
}
