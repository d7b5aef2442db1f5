/** What is to be said of a data set's folds and sources. */
import { count } from '../contract/figures.ts';
import type { Clip, Problem } from './dataset.ts';
import { sharedSources } from './folds.ts';

/** Names of clips told in one message. */
const namesTold = 4;

/** @param told the fold that the data set gave each clip, or null */
export function reviewFolds(
  clips: readonly Clip[],
  classes: readonly string[],
  official: boolean,
  told: readonly (number | null)[],
): Problem[] {
  const problems: Problem[] = [];
  const note = (kind: Problem['kind'], name: string, message: string) =>
    problems.push({ kind, name, message, outcome: null });

  if (!official && clips.length > 0 && !told.includes(null)) {
    note('single-fold', `fold ${told[0]!}`, `All clips are in fold ${told[0]!}; folds were made instead.`);
  }
  for (const { source, folds } of sharedSources(clips)) {
    const names = clips.filter((clip) => clip.source === source).map(({ name }) => name);
    const more = names.length > namesTold ? ` and ${names.length - namesTold} more` : '';
    note(
      'shared-source',
      source,
      `Clips of the source ${source} lie in the folds ${folds.join(', ')} (${names.slice(0, namesTold).join(', ')}${more}); the data set’s own folds are kept, so results may be too good.`,
    );
  }
  const folds = new Set(clips.map(({ fold }) => fold)).size;
  classes.forEach((name, label) => {
    const own = clips.filter((clip) => clip.label === label);
    const present = new Set(own.map(({ fold }) => fold)).size;
    if (present === folds && folds > 1) return;
    const sources = new Set(own.map(({ source }) => source)).size;
    note(
      'few-sources',
      name,
      `The class ${name} has clips of ${count(sources, 'source')}, in ${present} of ${count(folds, 'fold')}; ${present > 1 ? 'the other folds are tested without it' : 'it cannot be both trained and tested'}.`,
    );
  });
  return problems;
}
