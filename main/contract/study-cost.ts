import { count, span } from './figures.ts';
import type { StudyCost } from './types.ts';

/** What an evaluation will take, told before it starts. */
export function studyCostText({ folds, seeds, fits, seconds }: StudyCost): string {
  const of = `${count(folds, 'fold')}${seeds > 1 ? `, ${count(seeds, 'seed')}` : ''}`;
  const long =
    seconds === null
      ? 'how long they take is not known, since nothing was trained here before'
      : `about ${span(1000 * Math.max(1, Math.round(seconds)))} of training, by what the last one here took`;
  return `${count(fits, 'training')} (${of}): ${long}.`;
}
