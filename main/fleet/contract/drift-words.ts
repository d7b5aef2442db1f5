/** Drift in words, for the page and the command line alike. */
import { count } from '../../contract/figures.ts';
import type { BoardDrift, Watched } from './drift.ts';

export const watchedWords: Record<Watched, string> = {
  class: 'classes',
  place: 'experts that answer',
  top_probability: 'top probability',
  entropy: 'entropy',
  curiosity: 'curiosity',
  noise_floor: 'noise floor',
};

/** A sentence. */
export function driftText({ state, p, moved, stability, neighbours }: BoardDrift): string {
  if (state === 'new')
    return 'Fewer than two weeks with 50 records a day since its bank was deployed: not judged yet.';
  if (state === 'quiet') return 'Fewer than four of the last seven days have 50 records: not judged.';
  const against =
    neighbours === 0
      ? 'its own weeks before alone'
      : `its weeks before, less what ${count(neighbours, 'neighbour')} did`;
  const index = stability === null ? '' : `, stability index ${stability.toFixed(2)}`;
  return `Most moved: ${moved === null ? 'nothing' : watchedWords[moved]}${index} (p ${p === null ? '—' : p.toPrecision(2)}, against ${against}).`;
}
