import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { BoardLogEntry } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';

const pageEntries = 100;

export interface ShownLog {
  /** Newest first. */
  entries: BoardLogEntry[];
  /** There are older ones. */
  more: boolean;
}

const newestFirst = (entries: BoardLogEntry[]): BoardLogEntry[] => {
  const byNumber = new Map(entries.map((entry) => [entry.number, entry]));
  return [...byNumber.values()].sort((a, b) => b.number - a.number);
};

/** The logs of the boards that were looked at; events keep them up. */
export const useBoardLog = defineStore('boardLog', () => {
  const { client } = useLab();
  const logs = shallowReactive(new Map<string, ShownLog>());

  client.on('boardLog', (entry) => {
    const shown = logs.get(entry.boardId);
    if (shown) logs.set(entry.boardId, { ...shown, entries: newestFirst([...shown.entries, entry]) });
  });

  /** The next older entries, the newest at first. */
  async function load(boardId: string): Promise<void> {
    const before = logs.get(boardId)?.entries.at(-1)?.number;
    const page = await client.request('boards.log', {
      ...{ boardId, limit: pageEntries },
      ...(before === undefined ? {} : { before }),
    });
    // What came meanwhile is newer than the answer.
    const entries = newestFirst([...page, ...(logs.get(boardId)?.entries ?? [])]);
    logs.set(boardId, { entries, more: page.length === pageEntries });
  }

  return {
    of: (boardId: string): ShownLog | null => logs.get(boardId) ?? null,
    load,
    /** Asks anew the next time that it is looked at. */
    leave: (boardId: string): void => void logs.delete(boardId),
  };
});
