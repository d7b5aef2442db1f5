/** A study of cascades: of every fold its stages are trained on their own encoders, and every decision is priced. */
import type { TradeOff } from '../../../models/report/results.ts';
import { cheapestWithin, type ChosenSetting } from '../../../models/study/cascade-choice.ts';
import { trainCascade } from '../../../models/study/cascade-fold.ts';
import { cascadesOf, type CascadePrices, type StagedFold } from '../../../models/study/cascade.ts';
import { tradeOffOf } from '../../../models/study/trade-off.ts';
import { defaultRouterTraining } from '../../../models/training/train-router.ts';
import { defaultTraining } from '../../../models/training/train.ts';
import type { Banks } from '../../banks/banks.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Dataset } from '../../datasets/dataset.ts';
import type { JobContext } from '../definition.ts';
import { cascadePrices } from './cascade-prices.ts';
import { chooseEncoder } from './encoder-choice.ts';
import { foldData, hearFold } from './fold-data.ts';
import type { Trials } from './on-board.ts';
import { StudyThread } from './study-thread.ts';

/** Of the heads behind the encoders. */
const precision = 8;

export interface CascadeStudy {
  readonly dataset: Dataset;
  readonly banks: Banks;
  /** In the order of their cost: `statistics`, or how the ids of encoders begin of which each was made without a fold. */
  readonly stages: readonly string[];
  readonly seed: number;
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly patience: number;
  readonly resamples: number;
  readonly cacheFolder: string;
  readonly trials: Trials;
}

export interface CascadeResults {
  readonly stages: readonly string[];
  /** Of the first fold's models. */
  readonly prices: CascadePrices;
  readonly tradeOff: TradeOff;
  /** Against the last stage alone, within half a point of F1. */
  readonly chosen: readonly ChosenSetting[];
}

/** @throws CurlewError ENCODER_MISSING, TRAINING_FAILED; those of data set and board; ABORTED */
export async function studyCascade(study: CascadeStudy, context: JobContext): Promise<CascadeResults> {
  const { dataset, stages } = study;
  const thread = new StudyThread(context.signal);
  try {
    const folds: StagedFold[] = [];
    let prices: CascadePrices | null = null;
    for (const [i, fold] of dataset.folds.entries()) {
      context.progress(i / dataset.folds.length, `training without fold ${fold}`);
      const { answers, priced } = await ofFold(study, fold, thread, context);
      folds.push(answers);
      prices ??= await priced();
    }
    const of = (side: 'held' | 'test') => cascadesOf([folds], stages, prices!, side);
    const [held, test] = [of('held'), of('test')];
    const classes = folds[0]!.test.classes;
    const bootstrap = { resamples: study.resamples, seed: study.seed, level: 0.95 };
    const reference = { decision: 'One stage alone', setting: stages.at(-1)! };
    return {
      ...{ stages, prices: prices! },
      tradeOff: tradeOffOf(test, 'modelled', classes, bootstrap),
      chosen: cheapestWithin({ held, test }, reference, classes),
    };
  } finally {
    thread.close();
  }
}

async function ofFold(
  { dataset, banks, stages, seed, hidden, epochs, patience, cacheFolder, trials }: CascadeStudy,
  fold: number,
  thread: StudyThread,
  context: JobContext,
) {
  const { signal } = context;
  const chosen = [];
  for (const stage of stages)
    chosen.push(await chooseEncoder(encoderOf(banks, stage, fold), null, banks, dataset, fold));
  // What any encoder has heard is heard: all stages are trained on, and held back from, the same sources.
  const known = new Set(chosen.flatMap(({ heard }) => [...(heard ?? [])]));
  const heard = [];
  for (const [i, one] of chosen.entries()) {
    const clips = await hearFold(
      dataset,
      fold,
      one,
      { augmentation: [] },
      {
        ...{ thread, cacheFolder, signal },
        onProgress: (share) =>
          context.progress(null, `fold ${fold}: ${stages[i]} listens, ${Math.round(100 * share)} %`),
      },
    );
    heard.push({ ...clips, known });
  }
  const options = { ...defaultTraining, version: 1, seed, hidden, epochs, patience, precision } as const;
  const data = [];
  for (const [i, clips] of heard.entries())
    data.push({ name: stages[i]!, ...(await foldData(clips, options, { thread, signal })) });
  context.progress(null, `fold ${fold}: training`);
  const router = { ...defaultRouterTraining, hidden, epochs, patience, curiosityQuantile: 1 };
  const { answers, experts, deciding } = await trainCascade({ fold, stages: data, options, router });
  const priced = chosen.map(({ encoder }, i) => ({ encoder: encoder?.built ?? null, expert: experts[i]! }));
  return { answers, priced: () => cascadePrices(trials, priced, precision, deciding) };
}

/** @throws CurlewError ENCODER_MISSING */
function encoderOf(banks: Banks, stage: string, fold: number): string {
  if (stage === 'statistics') return stage;
  const found = banks.encoders.find(({ id, heldOutFold }) => id.startsWith(stage) && heldOutFold === fold);
  if (found) return found.id;
  throw new CurlewError(
    'ENCODER_MISSING',
    `No bank has an encoder whose id begins with “${stage}” and that was made without fold ${fold}.`,
    { stage, fold },
  );
}
