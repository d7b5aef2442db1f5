/** Boards brought to what is wanted of them: those that were chosen as a job, others when they are met again. */
import { availableParallelism } from 'node:os';
import { toCurlewError } from '../../contract/error.ts';
import { count, grouped } from '../../contract/figures.ts';
import type { Asker } from '../../contract/roles.ts';
import type { BoardUpdate, Job, UpdateResult } from '../../contract/types.ts';
import { few, type JobContext, type JobDefinition } from '../../jobs/definition.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Details } from '../details/details.ts';
import type { Fleet } from '../fleet.ts';
import { bringUp, type BringUpRooms } from './bring-up.ts';
import { runAll, type Bounds, type Task } from './pool.ts';

/**
 * Boards mostly keep the lab waiting: several for each core. A hub of 12 Mbit/s carries some ten lines of 921,600 baud;
 * what is left is for telemetry.
 */
export const usualBounds: Bounds = { all: 4 * availableParallelism(), perHub: 8 };

interface UpdateRooms extends BringUpRooms {
  fleet: Fleet;
  jobs: Jobs;
  details: Details;
  bounds: Bounds;
  /** Does the same for boards that it sees. */
  visits: { sees(boardId: string): boolean };
}

interface Params {
  boardIds: readonly string[];
  whenMet: boolean;
  by: Asker | null;
}

export type UpdateContext = Pick<
  JobContext,
  'signal' | 'resumedFrom' | 'progress' | 'checkpoint' | 'pausePoint'
>;

/** So far. */
interface Checkpoint {
  boards: BoardUpdate[];
}

export class Updates {
  /** Boards that a job of this lab has in hand. */
  private readonly inHand = new Set<string>();

  /** Takes up what earlier labs were at, and from now on sees to boards that wait for it when they are met. */
  constructor(private readonly rooms: UpdateRooms) {
    rooms.jobs.takeUp('update', (params) => this.definition(params as Params));
    rooms.fleet.onMet((boardId) => this.met(boardId));
    for (const { id, state } of rooms.fleet.boards()) if (state === 'attached') this.met(id);
  }

  /** @throws CurlewError BOARD_NOT_FOUND; those of the store */
  async start(boardIds: readonly string[], whenMet: boolean, by: Asker | null): Promise<Job> {
    for (const boardId of boardIds) this.rooms.fleet.session(boardId);
    return this.begin({ boardIds: [...new Set(boardIds)], whenMet, by });
  }

  private met(boardId: string): void {
    const { details, visits } = this.rooms;
    if (!details.of(boardId).whenMet || this.inHand.has(boardId) || visits.sees(boardId)) return;
    this.begin({ boardIds: [boardId], whenMet: true, by: null });
  }

  private begin(params: Params): Job {
    for (const boardId of params.boardIds) this.inHand.add(boardId);
    return this.rooms.jobs.start(this.definition(params));
  }

  private definition(params: Params): JobDefinition {
    const names = params.boardIds.map((boardId) => this.nameOf(boardId));
    const what = names.length === 1 ? names[0] : count(names.length, 'board');
    return {
      kind: 'update',
      title: `Bring ${what} up to date`,
      reads: ['what is wanted of boards'],
      writes: few(names),
      canPause: true,
      params,
      run: (context) => this.run(params, context),
    };
  }

  private nameOf(boardId: string): string {
    const told = this.rooms.fleet.boards().find(({ id }) => id === boardId);
    return this.rooms.details.of(boardId).name || (told?.name ?? boardId);
  }

  /**
   * The work of such a job, for a job that does more than that.
   * @returns each board, in the order in which they were over
   * @throws CurlewError of the context
   */
  async run(params: Params, context: UpdateContext): Promise<UpdateResult> {
    const { signal } = context;
    const { fleet, bounds } = this.rooms;
    const boards = [...((context.resumedFrom as Checkpoint | null)?.boards ?? [])];
    const over = new Set(boards.map(({ boardId }) => boardId));
    const all = params.boardIds.length;
    const shares = new Map<string, number>();
    const tell = (): void => {
      const part = [...shares.values()].reduce((sum, share) => sum + share, 0);
      const failed = boards.filter(({ outcome }) => outcome === 'failed').length;
      const spoilt = failed > 0 ? `, ${grouped(failed)} failed` : '';
      context.progress(
        (boards.length + part) / all,
        `${grouped(boards.length)} of ${count(all, 'board')}${spoilt}`,
      );
    };
    const keep = latestOf(() => context.checkpoint({ boards } satisfies Checkpoint));
    const tasks = params.boardIds
      .filter((boardId) => !over.has(boardId))
      .map((boardId): Task<void> => ({
        hub: this.known(boardId) ? (fleet.session(boardId).place.hub ?? null) : null,
        isBusy: () => this.known(boardId) && fleet.session(boardId).state.state === 'busy',
        run: async () => {
          const update = await this.update(boardId, params, signal, (share) => {
            shares.set(boardId, share);
            tell();
          });
          // What was cut short is begun again where the job goes on.
          signal.throwIfAborted();
          shares.delete(boardId);
          boards.push(update);
          tell();
          await keep();
        },
      }));
    for (const boardId of params.boardIds) this.inHand.add(boardId);
    try {
      tell();
      await runAll(tasks, bounds, () => context.pausePoint());
      return { kind: 'update', boards };
    } finally {
      for (const boardId of params.boardIds) this.inHand.delete(boardId);
    }
  }

  private known(boardId: string): boolean {
    return this.rooms.fleet.boards().some(({ id }) => id === boardId);
  }

  private async update(
    boardId: string,
    { whenMet, by }: Params,
    signal: AbortSignal,
    progress: (share: number) => void,
  ): Promise<BoardUpdate> {
    const { fleet, details } = this.rooms;
    const did: string[] = [];
    const told = (outcome: BoardUpdate['outcome'], error: BoardUpdate['error'] = null): BoardUpdate => ({
      ...{ boardId, boardName: this.nameOf(boardId), outcome, did, error },
    });
    try {
      await bringUp(fleet.session(boardId), details.wanted(boardId), this.rooms, {
        signal,
        by,
        progress,
        did: (what) => void did.push(what),
      });
      if (details.of(boardId).whenMet) await details.change([boardId], { whenMet: false });
      return told(did.length > 0 ? 'done' : 'as wanted');
    } catch (thrown) {
      signal.throwIfAborted();
      const { code, message } = toCurlewError(thrown);
      if (!whenMet || code !== 'PORT_LOST') return told('failed', { code, message });
      await details.change([boardId], { whenMet: true }, by);
      return told('waiting');
    }
  }
}

/** Runs one at a time; calls that come meanwhile share the next one. @throws what `work` throws */
function latestOf(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  return () => {
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null;
        running = work();
        return running;
      });
    return next;
  };
}
