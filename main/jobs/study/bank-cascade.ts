/** The cascade of a bank of one's own: trained like its experts, and set by what its stages take on a virtual board. */
import type { UsableEncoder } from '../../banks/banks.ts';
import type { JobContext } from '../definition.ts';
import { cheapestSetting } from './cascade-in-bank.ts';
import { cascadeResults } from './cascade-results.ts';
import type { BorrowBoard } from './on-a-board.ts';
import { listenToStages, trainStages, type CascadeModels } from './train-cascade.ts';
import type { FoldWork } from './train-fold.ts';
import { stageWords, type BankCascade } from './write-cascade.ts';

export type CascadeWork = Pick<
  FoldWork,
  'params' | 'dataset' | 'banks' | 'thread' | 'folder' | 'cacheFolder' | 'audio'
> & { readonly borrowBoard: BorrowBoard };

/** Intervals are a report's; what is chosen needs none. */
const draws = 100;

/**
 * @param fold that is left out; null: none is
 * @throws CurlewError as listenToStages and trainStages; those of the board; ABORTED
 */
export async function trainBankCascade(
  work: CascadeWork,
  fold: number | null,
  context: JobContext,
): Promise<BankCascade> {
  const { params, thread, borrowBoard } = work;
  const listened = await listenToStages({ ...work, params: { ...params, hard: [] } }, fold, context);
  context.progress(null, 'training the cascade');
  const shown = await trainStages(work, listened, context.signal);
  const bootstrap = { resamples: draws, seed: params.seed, level: 0.95 };
  const asked = { board: 'virtual', borrowBoard, bootstrap, thread, signal: context.signal };
  const { summary } = await cascadeResults([shown], asked);
  // that all windows go through to the last stage is a setting too, and loses nothing
  const setting = cheapestSetting(summary!.chosen, params.cascade.length)!;
  return { setting, shown, all: [shown] };
}

/** The same with encoders that the bank holds itself. @param name of the bank @param own of its other experts, if any */
export function withOwnEncoders(
  cascade: BankCascade,
  name: string,
  own: { readonly from: string; readonly encoder: UsableEncoder } | null,
): BankCascade {
  const words = stageWords(cascade.shown.names);
  const chosen = cascade.shown.chosen.map((stage, i) => {
    const { encoder } = stage;
    if (!encoder) return stage;
    if (encoder.id === own?.from) return { ...stage, encoder: own.encoder };
    return { ...stage, encoder: { ...encoder, id: `${name}-encoder-${words[i]!}` } };
  });
  const shown: CascadeModels = { ...cascade.shown, chosen };
  return { ...cascade, shown, all: [shown] };
}
