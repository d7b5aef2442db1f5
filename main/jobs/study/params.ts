/** What a study is asked for; plain JSON, so that a later lab can take it up. */
import { degradationKinds, type DegradationKind } from '../../../models/augmentation/degrade.ts';
import { bankKinds, expertKinds, kindOf } from '../../../models/study/kinds.ts';
import { defaultRouterTraining, type RouterOptions } from '../../../models/training/train-router.ts';
import { defaultTraining, type TrainingOptions } from '../../../models/training/train.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Layout, Variant } from '../../datasets/dataset.ts';
import type { TrainPlan } from '../train/plan.ts';
import type { EncoderChoice } from './encoder-choice.ts';
import type { Augmentation } from './renderings.ts';

export interface TrainingParams {
  /** The data set's folder. */
  readonly path: string;
  readonly layout: Layout | null;
  readonly variant: Variant;
  readonly encoder: EncoderChoice;
  /** How clips are varied for training; as recorded always. */
  readonly augmentation: readonly Augmentation[];
  /** Experts of the bank, that the router picks from; kinds of models/study/kinds.ts. */
  readonly bank: readonly string[];
  /** Widths of the experts' hidden layers. */
  readonly hidden: readonly number[];
  readonly seed: number;
  readonly epochs: number;
  readonly patience: number;
  /** How much curiosity shifts the router's choice towards precision; 0: not at all. */
  readonly alpha: number;
  /** Of Monte-Carlo dropout; 0: a plain router. */
  readonly passes: number;
  /** Experts that answer together. */
  readonly topK: number;
  /**
   * Encoders in the order of their cost, each with an expert of its own, of which a window takes the first few; none: no cascade.
   */
  readonly cascade: readonly EncoderChoice[];
}

export interface StudyParams extends TrainingParams {
  /** How many seeds every fold is trained with, from `seed` on. */
  readonly seeds: number;
  /** Further kinds that are trained and compared. */
  readonly others: readonly string[];
  readonly alphas: readonly number[];
  /** How test clips are made harder, to be answered once more; none: they are not. */
  readonly hard: readonly DegradationKind[];
  /** `none`, `virtual`, the name of an emulated machine, or an attached board's id. */
  readonly board: string;
  /** Windows that each bank answers on the board. */
  readonly windows: number;
  readonly gramsPerKwh: number;
  /** Where that figure is from. */
  readonly gridOrigin: string;
  /** Of the machine that trains, while it does. */
  readonly trainingWatts: number;
  /** Of equivalence, in accuracy. */
  readonly margin: number;
  /** How often the bootstrap draws all sources anew. */
  readonly resamples: number;
}

export const defaultTrainingParams: Omit<TrainingParams, 'path'> = {
  layout: null,
  variant: 'all',
  encoder: 'auto',
  augmentation: ['gain', 'shift', 'noise'],
  bank: bankKinds.map(({ id }) => id),
  hidden: defaultTraining.hidden,
  seed: defaultTraining.seed,
  epochs: defaultTraining.epochs,
  patience: defaultTraining.patience,
  alpha: 1,
  passes: defaultRouterTraining.passes,
  topK: 1,
  cascade: [],
};

export const defaultStudyParams: Omit<StudyParams, 'path'> = {
  ...defaultTrainingParams,
  others: expertKinds.map(({ id }) => id).filter((id) => !bankKinds.some((kind) => kind.id === id)),
  seeds: 1,
  alphas: [1, 0.3, 3],
  hard: [],
  board: 'virtual',
  windows: 80,
  gramsPerKwh: 250,
  gridOrigin: 'an assumption near the European average of recent years; set your own grid’s',
  trainingWatts: 15,
  margin: 0.05,
  resamples: 2000,
};

/** What trainings of earlier labs that know no such setting did. */
export const trainedBefore: Pick<TrainingParams, 'cascade'> = { cascade: [] };

/** The same of evaluations. */
export const askedBefore: Pick<StudyParams, 'seeds' | 'hard' | 'cascade'> = {
  ...trainedBefore,
  seeds: 1,
  hard: [],
};

/**
 * What the shipped bank and its report are made with. The paper's hidden layers of 640 and 320 are for an embedding of
 * 1,536 numbers; these are for 256.
 */
export const shippedStudyParams: Omit<StudyParams, 'path'> = {
  ...defaultStudyParams,
  encoder: 'esc10-encoder-medium',
  hidden: [256, 128],
  patience: 3,
  seeds: 5,
  hard: degradationKinds,
  cascade: ['esc10-encoder-small', 'esc10-encoder-medium', 'esc10-encoder-large'],
};

/** The bank and its router, then what is trained beside it. @throws CurlewError REQUEST_INVALID */
export function plansOf(params: TrainingParams & { readonly others?: readonly string[] }): TrainPlan[] {
  const { hidden, seed, epochs, patience, alpha, passes, topK } = params;
  if (topK > params.bank.length) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `${topK} experts cannot answer together in a bank of ${params.bank.length}.`,
    );
  }
  const options = { ...defaultTraining, hidden, seed, epochs, patience, version: 1 };
  const expert = (id: string): { id: string; options: TrainingOptions } => {
    const { name, precision, calibration, hidden: own } = knownKind(id);
    return {
      id,
      options: {
        ...options,
        name,
        precision,
        ...(calibration && { calibration }),
        ...(own && { hidden: own }),
      },
    };
  };
  const router: RouterOptions = {
    ...defaultRouterTraining,
    name: 'Curiosity router',
    version: 1,
    seed,
    epochs,
    alpha,
    passes,
    topK,
  };
  const others = (params.others ?? []).filter((id) => !params.bank.includes(id));
  return [
    { experts: params.bank.map(expert), router: params.bank.length > 1 ? router : null },
    ...(others.length > 0 ? [{ experts: others.map(expert), router: null }] : []),
  ];
}

function knownKind(id: string) {
  try {
    return kindOf(id);
  } catch (thrown) {
    throw new CurlewError('REQUEST_INVALID', `${(thrown as RangeError).message}.`);
  }
}
