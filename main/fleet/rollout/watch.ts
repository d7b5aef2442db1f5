/** Reads how boards of a stage fare, against their own past, and judges the stage. */
import type { GateJudgement, RolloutBoard } from '../../contract/types.ts';
import type { BoardHealth, BoardStretch, HealthHour } from '../../store/board-health.ts';
import { dayMs, hourMs } from '../../store/rollups/features.ts';
import { blocksOf, sum, type Block } from './blocks.ts';
import { judgeStage, type WatchedBoard } from './gates.ts';

/** How far back a board's past reaches, with the bank that it had last. */
const pastMs = 28 * dayMs;

export interface Watched {
  gates: GateJudgement[];
  /** Of the board that has fewest, and of the one that is watched shortest. */
  inferences: number;
  hours: number;
}

export class Watch {
  /** The past does not change. */
  private readonly past = new Map<string, Block[]>();

  constructor(
    private readonly health: BoardHealth,
    private readonly wallMs: () => number,
  ) {}

  /** How often boards failed before now. @throws CurlewError of the store */
  async failuresBefore(
    boardIds: readonly string[],
  ): Promise<Map<string, NonNullable<RolloutBoard['failuresBefore']>>> {
    const stretches = await this.stretchesBefore(boardIds, this.wallMs());
    const [hours, failures] = await Promise.all([
      this.health.hours(stretches),
      this.health.failures(stretches),
    ]);
    const byBoard = groupBy(hours, ({ boardId }) => boardId);
    return new Map(
      boardIds.map((boardId) => {
        const { errors = 0, restarts = 0 } = failures.find((one) => one.boardId === boardId) ?? {};
        const inferences = inferencesOf(byBoard.get(boardId) ?? []);
        return [boardId, { errors, restarts, inferences }];
      }),
    );
  }

  /**
   * @param boards watched since some time @param others @param stages @param falseAlarms as of judgeStage
   * @throws CurlewError of the store
   */
  async judge(
    boards: readonly RolloutBoard[],
    sameClasses: (board: RolloutBoard) => boolean,
    stages: number,
    falseAlarms: number,
  ): Promise<Watched> {
    const now = this.wallMs();
    await this.readPast(boards);
    const stretches = boards.map(({ boardId, sinceMs }) => ({ boardId, fromMs: sinceMs!, toMs: now }));
    const [hours, failures] = await Promise.all([
      this.health.hours(stretches),
      this.health.failures(stretches),
    ]);
    const byBoard = groupBy(hours, ({ boardId }) => boardId);
    const running = Math.floor(now / hourMs);
    const watched = boards.map((board): WatchedBoard => {
      const { boardId, failuresBefore, probe } = board;
      const mine = byBoard.get(boardId) ?? [];
      const { errors = 0, restarts = 0 } = failures.find((one) => one.boardId === boardId) ?? {};
      return {
        ...{ boardId, probe, sameClasses: sameClasses(board), before: this.past.get(boardId) ?? [] },
        // The hour that is not over says least of itself.
        now: blocksOf(mine.filter(({ hour }) => hour < running)),
        failuresBefore: failuresBefore ?? { errors: 0, restarts: 0, inferences: 0 },
        failuresNow: { errors, restarts, inferences: inferencesOf(mine) },
      };
    });
    const none = boards.length === 0;
    return {
      gates: await judgeStage(watched, stages, falseAlarms),
      inferences: none ? 0 : Math.min(...watched.map(({ failuresNow }) => failuresNow.inferences)),
      hours: none ? 0 : Math.min(...boards.map(({ sinceMs }) => now - sinceMs!)) / hourMs,
    };
  }

  private async readPast(boards: readonly RolloutBoard[]): Promise<void> {
    const fresh = boards.filter(({ boardId }) => !this.past.has(boardId));
    for (const [beforeMs, together] of groupBy(fresh, (board) => board.beforeMs!)) {
      const ids = together.map(({ boardId }) => boardId);
      const hours = await this.health.hours(await this.stretchesBefore(ids, beforeMs));
      const byBoard = groupBy(hours, ({ boardId }) => boardId);
      for (const id of ids) this.past.set(id, blocksOf(byBoard.get(id) ?? []));
    }
  }

  private async stretchesBefore(boardIds: readonly string[], toMs: number): Promise<BoardStretch[]> {
    const deployed = await this.health.deployed(boardIds, toMs);
    return boardIds.map((boardId) => ({
      ...{ boardId, toMs },
      fromMs: Math.max(toMs - pastMs, deployed.get(boardId) ?? 0),
    }));
  }
}

function groupBy<T, K>(all: readonly T[], key: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

const inferencesOf = (hours: readonly HealthHour[]): number => sum(hours.map(({ inferences }) => inferences));
