/** Which class of a bank each clip of a data set is of, by its label. */
import { CurlewError } from '../../../contract/error.ts';
import { nearest } from '../../../contract/nearest.ts';
import type { Dataset, Problem } from '../../../datasets/dataset.ts';

/**
 * @param classes of the bank
 * @param renamed what the bank calls a label; an empty text leaves its clips out
 * @returns the clips whose labels the bank knows, under the bank's names; what is left out is among the problems
 * @throws CurlewError REQUEST_INVALID for a label or a class that is not there, and where no label is known
 */
export function matchLabels(
  dataset: Dataset,
  classes: readonly string[],
  renamed: Readonly<Record<string, string>>,
): Dataset {
  for (const [label, name] of Object.entries(renamed)) {
    if (!dataset.classes.includes(label))
      throw unknown('label', label, dataset.classes, 'The recordings have');
    if (name !== '' && !classes.includes(name)) throw unknown('class', name, classes, 'The bank knows');
  }
  const nameOf = (label: number): string => {
    const own = dataset.classes[label]!;
    return Object.hasOwn(renamed, own) ? renamed[own]! : own;
  };
  const known = dataset.clips.filter(({ label }) => classes.includes(nameOf(label)));
  if (known.length === 0) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `No label of the recordings is a class of the bank: they have ${dataset.classes.join(', ')}, and it knows ${classes.join(', ')}. Say which is which, a label and a class at a time.`,
    );
  }
  const present = classes.filter((name) => known.some(({ label }) => nameOf(label) === name));
  const others = dataset.clips.filter((clip) => !known.includes(clip));
  return {
    ...dataset,
    classes: present,
    clips: known.map((clip) => ({ ...clip, label: present.indexOf(nameOf(clip.label)) })),
    problems: [
      ...dataset.problems,
      ...others.map(({ name, label }): Problem => {
        const own = dataset.classes[label]!;
        const why = nameOf(label) === '' ? 'as was asked' : 'which the bank does not know';
        return {
          kind: 'other-label',
          name,
          message: `${name} is left out: its label is ${own}, ${why}.`,
          outcome: 'left-out',
        };
      }),
    ],
  };
}

function unknown(what: string, word: string, there: readonly string[], has: string): CurlewError {
  const meant = nearest(word, there);
  return new CurlewError(
    'REQUEST_INVALID',
    `There is no ${what} “${word}”. ${meant === null ? `${has} ${there.join(', ')}.` : `Did you mean “${meant}”?`}`,
  );
}
