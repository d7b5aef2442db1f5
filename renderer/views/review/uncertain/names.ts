import { useBoards } from '../../../stores/boards.ts';
import { useDetails } from '../../../stores/details.ts';

/** What boards are called and where they stand, those that are let go of included. */
export function useNames() {
  const boards = useBoards();
  const details = useDetails();
  return {
    nameOf(boardId: string): string {
      const board = boards.find(boardId);
      return board ? details.nameOf(board) : details.of(boardId).name || boardId;
    },
    siteOf: (boardId: string): string => details.of(boardId).site,
    load: details.load,
  };
}
