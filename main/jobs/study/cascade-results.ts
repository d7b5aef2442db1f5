/** What the cascades of a study come to, priced on its board. */
import { buildExpert, buildRouter } from '../../../models/bank/build.ts';
import { sha256 } from '../../../models/packing/sha256.ts';
import type { Decision } from '../../../models/router/router.ts';
import type { CascadePrices } from '../../../models/study/cascade.ts';
import type { Whole, WholeStage } from '../../../models/study/wholes.ts';
import type { CascadeSummary } from '../../../models/report/results.ts';
import type { BootstrapOptions } from '../../../models/evaluation/bootstrap.ts';
import { toCurlewError } from '../../contract/error.ts';
import { cascadePrices, type StageImages } from './cascade-prices.ts';
import type { BorrowBoard } from './on-a-board.ts';
import type { StudyThread } from './study-thread.ts';
import { stageTraining, type CascadeModels } from './train-cascade.ts';
import { wholesOf } from './whole-models.ts';

export interface PricedCascades {
  /** Null where no board told what stages take. */
  readonly summary: CascadeSummary | null;
  /** What a reader must know of that. */
  readonly limits: readonly string[];
  /** Models that answer as the others do. */
  readonly wholes: readonly Whole[];
  readonly stages: readonly WholeStage[];
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
  if (!last) return { summary: null, limits: [], wholes: [], stages: [] };
  const { stages, deciding } = imagesOf(last);
  const prices = await pricesOn({ board, borrowBoard, signal }, stages, deciding);
  const { names } = last;
  const wholeStages = names.map((name, i) => ({
    ...{ name, bits: stageTraining.precision },
    encoder: last.chosen[i]!.encoder !== null,
  }));
  const told = (summary: CascadeSummary | null) => ({
    summary,
    limits: summary ? [] : [noPrices],
    wholes: wholesOf(names, summary?.chosen ?? [], prices),
    stages: wholeStages,
  });
  if (!prices) return told(null);
  const folds = cascades.map(({ answers }) => answers);
  return told(await thread.summariseCascade({ folds, stages: names, prices, bootstrap }));
}

/** What a reader must know where no board told the energy of stages. */
export const noPrices = 'No board told what the stages of the cascade take: it has no figures.';

/** Null where no board is asked, or it tells no energy. @throws CurlewError those of the board; ABORTED */
export const pricesOn = (
  { board, borrowBoard, signal }: { board: string; borrowBoard: BorrowBoard; signal: AbortSignal },
  stages: readonly StageImages[],
  deciding: ReadonlyMap<Decision, Uint8Array>,
): Promise<CascadePrices | null> =>
  borrowBoard(board, (trials) => cascadePrices(trials, stages, deciding).catch(unpriced), signal);

/** Thresholds that no score exceeds: the router's share does not depend on how far windows go. */
function imagesOf({ chosen, experts, deciding }: Pick<CascadeModels, 'chosen' | 'experts' | 'deciding'>): {
  stages: StageImages[];
  deciding: Map<Decision, Uint8Array>;
} {
  const encoders = chosen.map(({ encoder }) => encoder?.built ?? null);
  const stages = encoders.map((encoder, i) => ({
    encoder: encoder?.files.image ?? null,
    expert: buildExpert(experts[i]!, stageTraining.precision, encoder).image,
  }));
  const hashes = stages.map(({ expert }) => sha256(expert));
  const routers = [...deciding].map(([decision, latent]): [Decision, Uint8Array] => {
    const cascade = { decision, thresholds: new Float32Array(stages.length - 1).fill(2) };
    return [decision, buildRouter({ ...latent, cascade }, encoders[0]!, hashes).image];
  });
  return { stages, deciding: new Map(routers) };
}

/** A board that tells no energy prices nothing, and all else of the study is told. */
function unpriced(thrown: unknown): null {
  if (toCurlewError(thrown).code === 'NOT_CAPABLE') return null;
  throw thrown;
}
