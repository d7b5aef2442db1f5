/** A roll-out that has not ended: what is kept of it, changed by the lab and by persons, one change after another. */
import type { Emit } from '../../contract/events.ts';
import type { Asker } from '../../contract/roles.ts';
import type { Rollout, RolloutBoard, RolloutStage } from '../../contract/types.ts';
import type { RolloutStore } from '../../store/rollout-store.ts';

export interface LiveRooms {
  store: RolloutStore;
  emit: Emit;
  wallMs(): number;
}

interface Besides {
  boards?: ReadonlyMap<number, RolloutBoard>;
  /** What is said of it in the log. */
  said?: string;
  by?: Asker | null;
}

export class LiveRollout {
  private turn: Promise<unknown> = Promise.resolve();
  private waking = new AbortController();

  constructor(
    private current: Rollout,
    /** In the order of stages. */
    readonly boards: RolloutBoard[],
    private readonly rooms: LiveRooms,
  ) {}

  /** As it is kept. */
  get rollout(): Rollout {
    return this.current;
  }

  get stage(): RolloutStage {
    return this.current.stages[this.current.stage]!;
  }

  /** By their places. */
  boardsWhere(holds: (board: RolloutBoard) => boolean): Map<number, RolloutBoard> {
    return new Map([...this.boards.entries()].filter(([, board]) => holds(board)));
  }

  boardsOfStage(): Map<number, RolloutBoard> {
    const { stage } = this.current;
    return this.boardsWhere((board) => board.stage === stage);
  }

  /**
   * Durable when it resolves.
   * @param make what changes, of the roll-out as it is then; null: nothing after all
   * @throws CurlewError of the store, and what `make` throws: nothing has changed then
   */
  change(make: (rollout: Rollout) => Partial<Rollout> | null, besides: Besides = {}): Promise<Rollout> {
    const mine = this.turn.then(async () => {
      const changed = make(this.current);
      if (changed === null) return this.current;
      const { boards = new Map<number, RolloutBoard>(), said, by = null } = besides;
      const rollout = { ...this.current, ...changed };
      const entries = said === undefined ? [] : [{ atMs: this.rooms.wallMs(), text: said, by }];
      await this.rooms.store.keep({ rollout, boards, entries });
      this.current = rollout;
      for (const [place, board] of boards) this.boards[place] = board;
      this.rooms.emit('rollout', rollout);
      return rollout;
    });
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** Of the stage under way, as long as the roll-out is as it was. */
  changeStage(
    change: Partial<RolloutStage>,
    rest: Partial<Rollout> = {},
    besides: Besides = {},
  ): Promise<Rollout> {
    return this.change(
      ({ state, stages, stage }) =>
        state === 'under way'
          ? { stages: stages.map((one, i) => (i === stage ? { ...one, ...change } : one)), ...rest }
          : null,
      besides,
    );
  }

  /** What waits for it, or works for it, is to look again. */
  wake(): void {
    this.waking.abort();
  }

  /** Aborts at the next `wake`. */
  untilWoken(): AbortSignal {
    if (this.waking.signal.aborted) this.waking = new AbortController();
    return this.waking.signal;
  }
}
