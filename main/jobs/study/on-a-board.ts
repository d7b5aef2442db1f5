/** A study's models on the board that its params name. */
import type { BoardSummary } from '../../../models/report/results.ts';
import type { JobContext } from '../definition.ts';
import { costsOnBoard, type BoardModels, type ModelCosts } from './costs.ts';
import type { Trials } from './on-board.ts';
import type { StudyThread } from './study-thread.ts';
import { within } from './within.ts';

/** Lends the board of that name; null for none. @throws CurlewError where it is not to be had */
export type BorrowBoard = <T>(
  choice: string,
  use: (trials: Trials, about: BoardSummary) => Promise<T>,
  signal: AbortSignal,
) => Promise<T | null>;

export interface OnBoard {
  readonly about: BoardSummary;
  readonly costs: ModelCosts;
}

/**
 * What the models cost on that board, in the part of the job's progress behind all training and answering.
 * @param models asked for only where there is a board
 * @throws CurlewError those of the board; ABORTED
 */
export const onABoard = (
  borrowBoard: BorrowBoard,
  { board, ...wish }: { board: string; alphas: readonly number[]; windows: number; thread: StudyThread },
  models: () => BoardModels | Promise<BoardModels>,
  context: JobContext,
): Promise<OnBoard | null> =>
  borrowBoard(
    board,
    async (trials, about) => ({
      about,
      costs: await costsOnBoard(trials, await models(), wish, within(context, 0.85, 0.1, 1, '')),
    }),
    context.signal,
  );
