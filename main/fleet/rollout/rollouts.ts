/** Roll-outs in stages: started, watched, decided on by persons, and gone on with when the lab opens again. */
import { randomInt, randomUUID } from 'node:crypto';
import { CurlewError } from '../../contract/error.ts';
import type { Emit } from '../../contract/events.ts';
import { count } from '../../contract/figures.ts';
import type { Asker } from '../../contract/roles.ts';
import type {
  Rollout,
  RolloutBoard,
  RolloutEntry,
  RolloutOrder,
  Wanted,
  WantedSettings,
} from '../../contract/types.ts';
import { given } from '../../given.ts';
import type { JobDefinition } from '../../jobs/definition.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import { isFinished } from '../../jobs/transitions.ts';
import type { RolloutStore } from '../../store/rollout-store.ts';
import { mostBoards, wantedProblems } from '../contract/details.ts';
import { wantedText } from '../contract/rollout-words.ts';
import { LiveRollout } from './live-rollout.ts';
import { planOf, usualShares } from './plan.ts';
import { passed, runRollout, type RunRooms } from './rollout-run.ts';

export interface RolloutRooms extends RunRooms {
  jobs: Jobs;
  store: RolloutStore;
  emit: Emit;
}

interface Params {
  rolloutId: string;
}

const usual = { falseAlarms: 0.05, leastInferences: 500, leastHours: 24 } as const;

export class Rollouts {
  /** Those that have not ended, and those that go back after their end. */
  private readonly live = new Map<string, LiveRollout>();

  private constructor(private readonly rooms: RolloutRooms) {}

  /** Goes on with what earlier labs were at, but for what a person has paused. @throws CurlewError of the store */
  static async open(rooms: RolloutRooms): Promise<Rollouts> {
    const rollouts = new Rollouts(rooms);
    const { jobs } = rooms;
    for (const rollout of await rooms.store.unfinished()) await rollouts.take(rollout);
    jobs.takeUp('rollout', (params) => rollouts.definition((params as Params).rolloutId));
    const known = new Map(jobs.unfinished().map(({ job }) => [job.id, job]));
    for (const live of rollouts.live.values()) {
      const { jobId, paused } = live.rollout;
      // A lab that died between the two had no job yet.
      if (!known.has(jobId)) await rollouts.begin(live);
      else if (!paused && known.get(jobId)!.state === 'paused') jobs.resume(jobId);
    }
    jobs.onChange(({ kind, state, id }) => {
      if (kind === 'rollout') rollouts.jobChanged(id, state);
    });
    return rollouts;
  }

  /** @throws CurlewError REQUEST_INVALID, BOARD_NOT_FOUND, GROUP_NOT_FOUND, EXPERT_NOT_FOUND, ROLLOUT_STATE; those of the store */
  async start(order: RolloutOrder, by: Asker | null): Promise<Rollout> {
    const { name, canaries, shares = usualShares, seed = randomInt(2 ** 32), approve = false } = order;
    const wanted = this.wanted(order);
    const { boardIds, target } = this.target(order.target);
    const plan = planOf(boardIds, canaries, shares, seed);
    this.requireFree(plan.boardIds);
    const names = new Map(this.rooms.details.known().map((board) => [board.id, board.name]));
    const stageAt = plan.stages.flatMap(({ boards }, stage) => Array<number>(boards).fill(stage));
    const boards = plan.boardIds.map((boardId, place): RolloutBoard => ({
      ...{ boardId, stage: stageAt[place]!, outcome: 'to come', error: null, former: null },
      ...{ beforeMs: null, sinceMs: null, probe: null, failuresBefore: null },
      boardName: this.rooms.details.of(boardId).name || names.get(boardId)!,
    }));
    const { falseAlarms, leastInferences, leastHours } = { ...usual, ...given(order) };
    const rollout: Rollout = {
      ...{
        id: randomUUID(),
        name,
        createdMs: this.rooms.wallMs(),
        by,
        wanted,
        target,
        boards: boards.length,
      },
      stages: plan.stages.map((one) => ({
        ...one,
        ...{ state: 'to come', startedMs: null, endedMs: null, watched: 0, away: 0, failed: 0 },
        ...{ inferences: 0, hours: 0, gates: [] },
      })),
      ...{ stage: 0, state: 'under way', goesBack: null, paused: false, message: 'It begins.', seed },
      ...{ falseAlarms, leastInferences, leastHours, approve, jobId: '', endedMs: null },
    };
    const live = new LiveRollout(rollout, boards, this.rooms);
    this.live.set(rollout.id, live);
    try {
      await live.change(() => ({}), {
        ...{ boards: new Map(boards.entries()), by },
        said: `Started: ${wantedText(wanted)}, to ${target}, ${count(boards.length, 'board')} in ${count(plan.stages.length, 'stage')}.`,
      });
    } catch (thrown) {
      this.live.delete(rollout.id);
      throw thrown;
    }
    return this.begin(live);
  }

  list(beforeMs: number | null, limit: number): Promise<Rollout[]> {
    return this.rooms.store.list(beforeMs, limit);
  }

  /** @param beginning of its id, which no other's begins with @throws CurlewError ROLLOUT_NOT_FOUND, REQUEST_INVALID */
  async get(beginning: string): Promise<Rollout> {
    const [rollout, other] = await this.rooms.store.beginningWith(beginning);
    if (!rollout) {
      const sentence = `The lab has no roll-out “${beginning}”; “curlew fleet rollout list” shows those it has.`;
      throw new CurlewError('ROLLOUT_NOT_FOUND', sentence);
    }
    if (!other || rollout.id === beginning) return rollout;
    throw new CurlewError(
      'REQUEST_INVALID',
      `Several roll-outs begin with “${beginning}”; write more of the id.`,
    );
  }

  /** @throws CurlewError ROLLOUT_NOT_FOUND, REQUEST_INVALID */
  async boards(beginning: string, after: number, limit: number): Promise<RolloutBoard[]> {
    return this.rooms.store.boards((await this.get(beginning)).id, after, limit);
  }

  /** @throws CurlewError ROLLOUT_NOT_FOUND, REQUEST_INVALID */
  async log(beginning: string, after: number, limit: number): Promise<RolloutEntry[]> {
    return this.rooms.store.log((await this.get(beginning)).id, after, limit);
  }

  /** @throws CurlewError ROLLOUT_NOT_FOUND, REQUEST_INVALID, ROLLOUT_STATE */
  async approve(beginning: string, by: Asker | null): Promise<Rollout> {
    const live = await this.unended(beginning);
    const changed = await live.change(
      (rollout) => {
        if (rollout.state !== 'awaits approval') throw refused(rollout, 'does not wait for approval');
        const { stage, rollout: change } = passed(rollout, this.rooms.wallMs());
        return {
          ...change,
          stages: rollout.stages.map((one, i) => (i === rollout.stage ? { ...one, ...stage } : one)),
        };
      },
      { said: `Stage ${live.rollout.stage + 1} was approved.`, by },
    );
    live.wake();
    return changed;
  }

  /** @throws CurlewError ROLLOUT_NOT_FOUND, REQUEST_INVALID, ROLLOUT_STATE */
  async pause(beginning: string, by: Asker | null): Promise<Rollout> {
    const live = await this.unended(beginning);
    if (live.rollout.paused) throw refused(live.rollout, 'is paused already');
    if (isFinished(this.rooms.jobs.get(live.rollout.jobId).state))
      throw refused(live.rollout, 'failed: resume it');
    const changed = await live.change(() => ({ paused: true }), { said: 'Paused.', by });
    this.rooms.jobs.pause(changed.jobId);
    return changed;
  }

  /** @throws CurlewError ROLLOUT_NOT_FOUND, REQUEST_INVALID, ROLLOUT_STATE */
  async resume(beginning: string, by: Asker | null): Promise<Rollout> {
    const live = await this.unended(beginning);
    const { jobs } = this.rooms;
    const { state } = jobs.get(live.rollout.jobId);
    if (!live.rollout.paused && state !== 'failed') throw refused(live.rollout, 'is not paused');
    const changed = await live.change(() => ({ paused: false }), { said: 'Resumed.', by });
    jobs.resume(changed.jobId);
    live.wake();
    return changed;
  }

  /** @throws CurlewError ROLLOUT_NOT_FOUND, REQUEST_INVALID, ROLLOUT_STATE */
  async halt(beginning: string, by: Asker | null): Promise<Rollout> {
    const live = await this.unended(beginning);
    const changed = await this.end(live, by);
    const { state } = this.rooms.jobs.get(changed.jobId);
    if (!isFinished(state)) this.rooms.jobs.cancel(changed.jobId);
    return changed;
  }

  /** @throws CurlewError ROLLOUT_NOT_FOUND, REQUEST_INVALID, ROLLOUT_STATE */
  async rollback(beginning: string, by: Asker | null): Promise<Rollout> {
    const found = await this.get(beginning);
    const ended = !this.live.has(found.id);
    if (ended) {
      const boards = await this.rooms.store.boards(found.id, 0, mostBoards);
      const changed = boards.filter(({ former, outcome }) => former !== null && outcome !== 'back');
      if (changed.length === 0) throw refused(found, 'has no board that could go back');
      this.requireFree(changed.map(({ boardId }) => boardId));
    }
    const live = this.live.get(found.id) ?? (await this.take(found));
    const changed = await live.change(
      () => ({
        ...{ state: 'going back', goesBack: 'all', endedMs: null, paused: false },
        message: 'A person had it rolled back.',
      }),
      { said: 'Rolled back.', by },
    );
    live.wake();
    const { jobs } = this.rooms;
    const job = jobs.unfinished().find(({ job }) => job.id === changed.jobId)?.job;
    if (!job) return this.begin(live);
    if (job.state === 'paused') jobs.resume(job.id);
    return changed;
  }

  private async end(live: LiveRollout, by: Asker | null): Promise<Rollout> {
    const changed = await live.change(
      ({ stages }) => ({
        ...{ state: 'halted', endedMs: this.rooms.wallMs(), paused: false },
        message: 'A person halted it where it was; what was changed stays.',
        stages: stages.map((one) => ({ ...one, state: one.state === 'to come' ? 'left out' : one.state })),
      }),
      { said: 'Halted where it was.', by },
    );
    this.live.delete(changed.id);
    live.wake();
    return changed;
  }

  private async take(rollout: Rollout): Promise<LiveRollout> {
    const boards = await this.rooms.store.boards(rollout.id, 0, mostBoards);
    const live = new LiveRollout(rollout, boards, this.rooms);
    this.live.set(rollout.id, live);
    return live;
  }

  private async begin(live: LiveRollout): Promise<Rollout> {
    const job = this.rooms.jobs.start(this.definition(live.rollout.id));
    return live.change(() => ({ jobId: job.id }));
  }

  private definition(rolloutId: string): JobDefinition {
    const { name, target } = this.live.get(rolloutId)?.rollout ?? { name: rolloutId, target: 'boards' };
    return {
      kind: 'rollout',
      title: `Roll out ${name}`,
      reads: ['what boards record'],
      writes: [target],
      canPause: true,
      params: { rolloutId } satisfies Params,
      run: async (context) => {
        const live = this.live.get(rolloutId);
        if (!live) throw new CurlewError('ROLLOUT_STATE', 'This roll-out has ended.', { rolloutId });
        const result = await runRollout(live, context, this.rooms);
        this.live.delete(rolloutId);
        return result;
      },
    };
  }

  /** A person may have paused, resumed or cancelled the job itself. */
  private jobChanged(jobId: string, state: string): void {
    const live = [...this.live.values()].find(({ rollout }) => rollout.jobId === jobId);
    if (!live) return;
    const { paused } = live.rollout;
    const told = (work: Promise<unknown>): void => void work.catch(() => undefined);
    if (state === 'cancelled') told(this.end(live, null));
    else if (state === 'paused' && !paused)
      told(live.change((rollout) => (rollout.paused ? null : { paused: true }), { said: 'Paused.' }));
    else if (state === 'running' && paused)
      told(live.change((rollout) => (rollout.paused ? { paused: false } : null), { said: 'Resumed.' }));
  }

  private wanted({ expertId, settings = {} }: RolloutOrder): Wanted {
    const bank = expertId === undefined ? null : this.rooms.details.bank(expertId);
    const given = Object.entries(settings).filter(([, value]) => value !== null && value !== undefined);
    const wanted = { bank, settings: Object.fromEntries(given) as WantedSettings };
    const [problem] = Object.values(wantedProblems(wanted.settings));
    if (problem) throw new CurlewError('REQUEST_INVALID', problem);
    if (bank || given.length > 0) return wanted;
    throw new CurlewError(
      'REQUEST_INVALID',
      'Say what is rolled out: an expert or router, or a setting with its value.',
    );
  }

  private target(target: RolloutOrder['target']): { boardIds: string[]; target: string } {
    const { details } = this.rooms;
    const known = details.known().map(({ id }) => id);
    const of = (words: string, holds: (boardId: string) => boolean) => {
      const boardIds = known.filter(holds);
      if (boardIds.length > 0) return { boardIds, target: words };
      throw new CurlewError('REQUEST_INVALID', `There are no boards to roll out to: ${words} has none.`);
    };
    switch (target.kind) {
      case 'all':
        return of('the whole fleet', () => true);
      case 'group': {
        const { id, name } = details.group(target.groupId);
        return of(`the group ${name}`, (boardId) => details.of(boardId).groupId === id);
      }
      case 'site':
        return of(`the site ${target.site}`, (boardId) => details.of(boardId).site === target.site);
      case 'tag':
        return of(`the tag ${target.tag}`, (boardId) => details.of(boardId).tags.includes(target.tag));
      case 'boards': {
        const stranger = target.boardIds.find((boardId) => !known.includes(boardId));
        if (stranger === undefined) return { boardIds: target.boardIds, target: 'boards that were chosen' };
        throw new CurlewError('BOARD_NOT_FOUND', `The lab knows no board with the id ${stranger}.`);
      }
    }
  }

  /** Two roll-outs at one board could not be told apart. @throws CurlewError ROLLOUT_STATE */
  private requireFree(boardIds: readonly string[]): void {
    const wanted = new Set(boardIds);
    for (const { rollout, boards } of this.live.values()) {
      const board = boards.find(({ boardId }) => wanted.has(boardId));
      if (!board) continue;
      throw new CurlewError(
        'ROLLOUT_STATE',
        `${board.boardName} is in the roll-out “${rollout.name}”, which has not ended: wait for it, or halt it first.`,
        { rolloutId: rollout.id },
      );
    }
  }

  private async unended(beginning: string): Promise<LiveRollout> {
    const found = await this.get(beginning);
    const live = this.live.get(found.id);
    if (live) return live;
    throw refused(found, `is over (${found.state})`);
  }
}

const refused = ({ id, name }: Rollout, why: string): CurlewError =>
  new CurlewError('ROLLOUT_STATE', `The roll-out “${name}” ${why}.`, { rolloutId: id });
