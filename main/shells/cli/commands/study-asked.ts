/** What `curlew train` and `curlew evaluate` ask of the lab, from their options. */
import { resolve } from 'node:path';
import { expertKinds } from '../../../../models/study/kinds.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { RequestParams } from '../../../contract/requests.ts';
import { checkAmong, listed, numberOf, wholeNumber } from '../args.ts';
import type { Args } from '../command.ts';
import type { OptionName, Options } from '../options.ts';
import { renamedLabel } from './renamed-label.ts';

type Training = Omit<RequestParams<'train.start'>, 'name' | 'heldOutFold'>;

/** How the recordings' folder is read. */
const readAs = ({ layout, variant }: Options): Pick<Training, 'layout' | 'variant'> => ({
  ...(layout ? { layout: layout as NonNullable<Training['layout']> } : {}),
  ...(variant ? { variant: variant as NonNullable<Training['variant']> } : {}),
});

/** @throws CurlewError REQUEST_INVALID */
function kindsIn(text: string): string[] {
  const kinds = expertKinds.map(({ id }) => id);
  for (const one of listed(text)) checkAmong(one, kinds, 'bank', 'evaluate');
  return listed(text);
}

export function trainingOf({ words, options }: Args): Training {
  const { bank, encoder: choice, augment, hidden, seed } = options;
  const { epochs, patience, topk, passes, cascade } = options;
  return {
    path: resolve(words[0]!),
    ...readAs(options),
    ...(choice ? { encoder: choice } : {}),
    ...(bank ? { bank: kindsIn(bank) } : {}),
    ...(augment === undefined
      ? {}
      : { augmentation: listed(augment) as NonNullable<Training['augmentation']> }),
    ...(hidden ? { hidden: listed(hidden).map((width) => wholeNumber(width, '--hidden', 4, 2048)) } : {}),
    ...(seed ? { seed: Number(seed) } : {}),
    ...(topk ? { topK: Number(topk) } : {}),
    ...(passes ? { passes: Number(passes) } : {}),
    ...(cascade === undefined ? {} : { cascade: listed(cascade) }),
    ...(epochs ? { epochs: Number(epochs) } : {}),
    ...(patience ? { patience: Number(patience) } : {}),
  };
}

export const alphaOf = ({ options: { alpha } }: Args): { alpha?: number } =>
  alpha === undefined ? {} : { alpha: numberOf(alpha, '--alpha', 0, 100) };

/** A bank that is there is tested, or models are trained without each fold. @throws CurlewError REQUEST_INVALID */
export function requestOf(
  args: Args,
):
  | { kind: 'bank'; params: RequestParams<'evaluate.bank'> }
  | { kind: 'folds'; params: RequestParams<'evaluate.start'> } {
  const { words, options } = args;
  const folder = options['on-data'];
  if (folder === undefined && words[0] !== undefined) {
    if (options.as !== undefined) throw refused('--as goes with --on-data.');
    return { kind: 'folds', params: evaluationOf(args) };
  }
  if (folder === undefined || words[0] !== undefined) {
    throw refused(
      'Say what to evaluate: “curlew evaluate FOLDER” to train and test on its folds, or “curlew evaluate --bank NAME --on-data FOLDER” to test a bank.',
    );
  }
  if (options.bank === undefined)
    throw refused('Say which bank to test too: --bank shipped, or one of your own (“curlew experts”).');
  const wrong = onlyOfFolds.find((name) => options[name] !== undefined);
  if (wrong) throw refused(`--${wrong} is of a training, and with --on-data nothing is trained.`);
  const { seed, as = [] } = options;
  const params = {
    ...{ bankId: options.bank, path: resolve(folder) },
    ...readAs(options),
    ...(seed ? { seed: Number(seed) } : {}),
    ...(as.length > 0 ? { classes: Object.fromEntries(as.map(renamedLabel)) } : {}),
    ...scoringOf(args),
  };
  return { kind: 'bank', params };
}

const onlyOfFolds = [
  ...['others', 'seeds', 'alphas', 'cascade', 'watts', 'encoder', 'augment', 'hidden'],
  ...['epochs', 'patience', 'topk', 'passes'],
] as OptionName[];

const refused = (sentence: string): CurlewError => new CurlewError('REQUEST_INVALID', sentence);

export function evaluationOf(args: Args): RequestParams<'evaluate.start'> {
  const { others, seeds, alphas, watts } = args.options;
  return {
    ...trainingOf(args),
    ...scoringOf(args),
    ...(others === undefined ? {} : { others: listed(others) }),
    ...(seeds === undefined ? {} : { seeds: Number(seeds) }),
    ...(alphas === undefined
      ? {}
      : { alphas: listed(alphas).map((one) => numberOf(one, '--alphas', 0, 100)) }),
    ...(watts === undefined ? {} : { trainingWatts: numberOf(watts, '--watts', 0, 100_000) }),
  };
}

type Scoring = Pick<
  RequestParams<'evaluate.start'>,
  'hard' | 'board' | 'windows' | 'margin' | 'resamples' | 'gramsPerKwh' | 'gridOrigin'
>;

/** How answers are scored, and where their cost comes from. */
function scoringOf({ options }: Args): Scoring {
  const { hard, on, grid, windows, margin, resamples, 'grid-origin': origin } = options;
  return {
    ...(hard === undefined ? {} : { hard: listed(hard) as NonNullable<Scoring['hard']> }),
    ...(on ? { board: on } : {}),
    ...(windows === undefined ? {} : { windows: Number(windows) }),
    ...(margin === undefined ? {} : { margin: numberOf(margin, '--margin', 0.001, 0.999) }),
    ...(resamples === undefined ? {} : { resamples: Number(resamples) }),
    ...(grid === undefined
      ? {}
      : { gramsPerKwh: numberOf(grid, '--grid', 0, 5000), gridOrigin: 'set on the command line' }),
    ...(origin === undefined ? {} : { gridOrigin: origin }),
  };
}
