/** What the cascades of a study come to, priced on its board. */
import type { CascadeSummary } from '../../../models/report/results.ts';
import type { BootstrapOptions } from '../../../models/evaluation/bootstrap.ts';
import { toCurlewError } from '../../contract/error.ts';
import { cascadePrices } from './cascade-prices.ts';
import type { BorrowBoard } from './on-a-board.ts';
import type { StudyThread } from './study-thread.ts';
import { stageTraining, type CascadeModels } from './train-cascade.ts';

export interface PricedCascades {
  /** Null where no board told what stages take. */
  readonly summary: CascadeSummary | null;
  /** What a reader must know of that. */
  readonly limits: readonly string[];
}

/**
 * @param cascades of every fold and seed; none: nothing was asked
 * @throws CurlewError those of the board; ABORTED
 */
export async function cascadeResults(
  cascades: readonly CascadeModels[],
  {
    board,
    borrowBoard,
    bootstrap,
    thread,
    signal,
  }: {
    readonly board: string;
    readonly borrowBoard: BorrowBoard;
    readonly bootstrap: BootstrapOptions;
    readonly thread: StudyThread;
    readonly signal: AbortSignal;
  },
): Promise<PricedCascades> {
  const last = cascades.at(-1);
  if (!last) return { summary: null, limits: [] };
  const stages = last.chosen.map(({ encoder }, i) => ({
    encoder: encoder?.built ?? null,
    expert: last.experts[i]!,
  }));
  const prices = await borrowBoard(
    board,
    (trials) => cascadePrices(trials, stages, stageTraining.precision, last.deciding).catch(unpriced),
    signal,
  );
  if (!prices)
    return {
      summary: null,
      limits: ['No board told what the stages of the cascade take: it has no figures.'],
    };
  const folds = cascades.map(({ answers }) => answers);
  const summary = await thread.summariseCascade({ folds, stages: last.names, prices, bootstrap });
  return { summary, limits: [] };
}

/** A board that tells no energy prices nothing, and all else of the study is told. */
function unpriced(thrown: unknown): null {
  if (toCurlewError(thrown).code === 'NOT_CAPABLE') return null;
  throw thrown;
}
