import type { DayCount } from '../../store/rollups/day-counts.ts';
import type { BoardDrift, Watched } from '../contract/drift.ts';
import { judgeNeighbours, type BoardDay } from './fleet-drift.ts';

/**
 * A neighbourhood judged by what the store counts, in a background thread.
 * @param boardIds all of it, those without records included
 * @param today @param fleetSize @param falseShare as of judgeNeighbours
 */
export function judgeCounts(
  boardIds: readonly string[],
  counts: readonly DayCount[],
  today: number,
  fleetSize: number,
  falseShare: number,
): BoardDrift[] {
  const days = new Map(
    boardIds.map((boardId) => [boardId, new Map<number, Record<string, Map<number, number>>>()]),
  );
  for (const { boardId, day, distribution, bin, records } of counts) {
    const ofBoard = days.get(boardId)!;
    const ofDay = ofBoard.get(day) ?? {};
    ofBoard.set(day, ofDay);
    (ofDay[distribution] ??= new Map()).set(bin, records);
  }
  const pasts = boardIds.map((boardId) => ({
    boardId,
    days: [...days.get(boardId)!]
      .map(([day, all]): BoardDay => ({ day, counts: all as Partial<Record<Watched, Map<number, number>>> }))
      .sort((a, b) => a.day - b.day),
  }));
  return judgeNeighbours(pasts, today, fleetSize, falseShare);
}
