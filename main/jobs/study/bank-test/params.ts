/** What a test of a bank that is there already is asked for; plain JSON, so that a later lab can take it up. */
import { basename } from 'node:path';
import type { Layout, Variant } from '../../../datasets/dataset.ts';
import { defaultStudyParams, type StudyParams } from '../params.ts';

export interface BankTestParams extends Pick<
  StudyParams,
  'hard' | 'board' | 'windows' | 'gramsPerKwh' | 'gridOrigin' | 'margin' | 'resamples' | 'seed'
> {
  /** Of the bank. */
  readonly bankId: string;
  /** The folder of the labelled recordings. */
  readonly path: string;
  readonly layout: Layout | null;
  readonly variant: Variant;
  /** What the bank calls a label of the recordings; an empty text leaves its clips out. Others are matched as they are. */
  readonly classes: Readonly<Record<string, string>>;
}

const { hard, board, windows, gramsPerKwh, gridOrigin, margin, resamples, seed } = defaultStudyParams;

export const defaultBankTestParams: Omit<BankTestParams, 'path' | 'bankId'> = {
  ...{ layout: null, variant: 'all', classes: {} },
  ...{ hard, board, windows, gramsPerKwh, gridOrigin, margin, resamples, seed },
};

/** What earlier labs could not be asked they did not do. */
export const testedBefore: Pick<BankTestParams, 'hard'> = { hard: [] };

/** As `askedOf` of an evaluation: the words of the command that asks the same again. */
export function bankTestAskedOf(params: BankTestParams): string[] {
  const { bankId, path, layout, variant, classes, seed, hard, board, windows, margin, resamples } = params;
  const options: [name: string, value: string | number | null][] = [
    ['bank', bankId],
    ['on-data', basename(path)],
    ['layout', layout],
    ['variant', variant],
    ...Object.entries(classes).map(([label, name]): [string, string] => ['as', `${label}=${name}`]),
    ['seed', seed],
    ['hard', hard.join(',')],
    ['on', board],
    ['windows', windows],
    ['margin', margin],
    ['resamples', resamples],
    ['grid', params.gramsPerKwh],
    ['grid-origin', params.gridOrigin],
  ];
  return ['evaluate', ...options.flatMap(([name, value]) => (value === null ? [] : [`--${name}=${value}`]))];
}
