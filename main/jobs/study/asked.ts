/** What a study was asked, as the command that asks the same again: every setting, those of default too. */
import { basename } from 'node:path';
import type { StudyParams } from './params.ts';

/** Words of the command line; of the data set and of a board of one's own the name alone, for reports travel. */
export function askedOf(params: StudyParams): string[] {
  const { layout, variant, encoder, augmentation, bank, others, hidden, seed, seeds, epochs, patience } =
    params;
  const { passes, topK, alphas, hard, cascade, board, windows, margin, resamples } = params;
  const { gramsPerKwh, gridOrigin, trainingWatts } = params;
  const options: [name: string, value: string | number | null][] = [
    ['layout', layout],
    ['variant', variant],
    ['encoder', encoder],
    ['augment', augmentation.join(',')],
    ['bank', bank.join(',')],
    ['others', others.join(',')],
    ['hidden', hidden.join(',')],
    ['seed', seed],
    ['seeds', seeds],
    ['epochs', epochs],
    ['patience', patience],
    ['passes', passes],
    ['topk', topK],
    ['alphas', alphas.join(',')],
    ['hard', hard.join(',')],
    ['cascade', cascade.join(',')],
    ['on', board],
    ['windows', windows],
    ['margin', margin],
    ['resamples', resamples],
    ['grid', gramsPerKwh],
    ['grid-origin', gridOrigin],
    ['watts', trainingWatts],
  ];
  return [
    'evaluate',
    basename(params.path),
    ...options.flatMap(([name, value]) => (value === null ? [] : [`--${name}=${value}`])),
  ];
}
