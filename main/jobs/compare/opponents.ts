/** Boards as a comparison plays at them: virtual ones in threads of their own, others by the lab’s own thread. */
import type { CurlewBoard } from '../../../devices/drivers/curlew/board.ts';
import type { BoardSummary } from '../../../models/report/results.ts';
import type { Banks } from '../../banks/banks.ts';
import { imagesOfModel } from '../../banks/model-images.ts';
import { isVirtual } from '../../fleet/borrow-board.ts';
import {
  answerWindows,
  bankBefore,
  deployModel,
  giveBack,
  type BoardAnswer,
  type BoardWindow,
} from './board-answers.ts';
import type { CompareThreads } from './compare-threads.ts';

export interface Opponent {
  readonly about: BoardSummary;
  /** @returns the slots of its experts, in the model’s order @throws CurlewError of the board */
  deploy(modelId: string): Promise<readonly number[]>;
  /** @throws CurlewError of the board */
  answer(windows: readonly BoardWindow[]): Promise<BoardAnswer[]>;
}

export interface OpponentRooms {
  readonly banks: Banks;
  /** Lends a board that is none of those. @throws CurlewError where it is not to be had */
  borrowBoard(
    boardId: string,
    use: (board: CurlewBoard, about: BoardSummary) => Promise<void>,
    signal: AbortSignal,
  ): Promise<unknown>;
}

/** @throws CurlewError of the board, and what `use` throws; ABORTED */
export async function withOpponent(
  choice: string,
  { banks, borrowBoard }: OpponentRooms,
  threads: CompareThreads,
  signal: AbortSignal,
  use: (opponent: Opponent) => Promise<void>,
): Promise<void> {
  if (isVirtual(choice)) {
    const { peer } = await threads.forBoard();
    const about = await peer.call('useBoard', choice);
    await use({
      about,
      deploy: (modelId) => peer.call('deploy', modelId),
      answer: (windows) => peer.call('answer', windows),
    });
    await peer.call('leaveBoard');
    return;
  }
  await borrowBoard(
    choice,
    async (board, about) => {
      const former = await bankBefore(board, signal);
      try {
        await use({
          about,
          deploy: async (modelId) => deployModel(board, await imagesOfModel(banks, modelId), signal),
          answer: (windows) => answerWindows(board, windows, { keep: true, signal }),
        });
      } finally {
        // Also where it was cancelled; what the board then fails for has been told.
        await giveBack(board, former, new AbortController().signal).catch(() => false);
      }
    },
    signal,
  );
}
