import { CurlewError } from '../../main/contract/error.ts';
import type { TrainingData } from './data.ts';
import { Random } from './random.ts';

/**
 * Splits samples into training and validation so that everything cut from one source clip stays on one side,
 * and every class gives about the same share of its sources.
 * @param labels class of each sample
 * @param groups source clip of each sample
 * @param share of the sources of each class, 0 … 1, that validate; if the class has two, at least one, and not all
 * @param seconds source of what is mixed into each sample: a mixed sample trains if both sources do, else it is
 *   left out
 * @param heard sources that an encoder heard before: they validate only for classes that have no others
 * @returns indices of the samples
 */
export function groupedSplit(
  labels: ArrayLike<number>,
  groups: readonly string[],
  share: number,
  random: Random,
  seconds: readonly (string | null)[] = [],
  heard: ReadonlySet<string> = new Set(),
): { training: number[]; validation: number[] } {
  const sourcesOfClass = new Map<number, Set<string>>();
  groups.forEach((group, i) => {
    const label = labels[i]!;
    if (!sourcesOfClass.has(label)) sourcesOfClass.set(label, new Set());
    sourcesOfClass.get(label)!.add(group);
  });
  const validating = new Set<string>();
  for (const label of [...sourcesOfClass.keys()].sort((a, b) => a - b)) {
    const sources = random.shuffle([...sourcesOfClass.get(label)!].sort());
    const wanted = Math.max(1, Math.round(share * sources.length));
    const unheard = sources.filter((source) => !heard.has(source));
    const count = Math.min(wanted, sources.length - 1);
    for (const source of (unheard.length > 0 ? unheard : sources).slice(0, count)) validating.add(source);
  }
  const training: number[] = [];
  const validation: number[] = [];
  groups.forEach((group, i) => {
    const second = seconds[i] ?? null;
    if (second === null) (validating.has(group) ? validation : training).push(i);
    else if (!validating.has(group) && !validating.has(second)) training.push(i);
  });
  return { training, validation };
}

/**
 * The split that every expert and the router of a bank share: it depends on data, share and seed alone.
 * @throws CurlewError TRAINING_FAILED if nothing can be set aside
 */
export function splitOf(
  { labels, groups, mixed, heard }: TrainingData,
  { validationShare, seed }: { validationShare: number; seed: number },
): { training: number[]; validation: number[] } {
  const split = groupedSplit(
    ...([labels, groups, validationShare, new Random(seed), mixed?.seconds] as const),
    new Set(heard),
  );
  if (split.validation.length === 0 || split.training.length === 0) {
    throw new CurlewError(
      'TRAINING_FAILED',
      'No class has two source recordings, so nothing can be set aside for validation; add recordings.',
    );
  }
  return split;
}
