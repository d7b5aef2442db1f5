/** The same done with several boards, a few at a time: one that fails keeps none of the others from it. */

/** As many as the lab is asked for at once. */
const atOnce = 6;

export interface Failed {
  boardId: string;
  thrown: unknown;
}

/** @returns those that failed, in the order in which they were given */
export async function together(
  boardIds: readonly string[],
  work: (boardId: string) => Promise<unknown>,
): Promise<Failed[]> {
  const failed = new Map<string, unknown>();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < boardIds.length) {
      const boardId = boardIds[next++]!;
      await work(boardId).catch((thrown: unknown) => failed.set(boardId, thrown));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, boardIds.length) }, worker));
  return boardIds
    .filter((boardId) => failed.has(boardId))
    .map((boardId) => ({ boardId, thrown: failed.get(boardId) }));
}
