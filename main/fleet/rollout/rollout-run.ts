/** The work of a roll-out: stage after stage its boards are changed and watched, until it is over or goes back. */
import type { Clock } from '../../../devices/protocol/clock.ts';
import { toCurlewError } from '../../contract/error.ts';
import { count } from '../../contract/figures.ts';
import type {
  Board,
  Rollout,
  RolloutBoard,
  RolloutResult,
  RolloutStage,
  Wanted,
} from '../../contract/types.ts';
import type { JobContext } from '../../jobs/definition.ts';
import { gateFigure, gateWords, stageName } from '../contract/rollout-words.ts';
import { difference } from '../contract/wanted.ts';
import type { Details } from '../details/details.ts';
import type { Fleet } from '../fleet.ts';
import { runAll, type Bounds } from '../update/pool.ts';
import type { Updates } from '../update/updates.ts';
import { formerOf, forthWish } from './former.ts';
import { failedGate } from './gates.ts';
import { goBack } from './go-back.ts';
import type { LiveRollout } from './live-rollout.ts';
import { playProbe, type ProbeOf, type ProbeWindow } from './probe.ts';
import type { Watch } from './watch.ts';

export interface RunRooms {
  fleet: Fleet;
  details: Details;
  updates: Updates;
  watch: Watch;
  probeOf: ProbeOf;
  /** Classes of an image; null where nobody knows. */
  labelsOf(sha256: string): readonly string[] | null;
  bounds: Bounds;
  clock: Clock;
  wallMs(): number;
}

/** Boards that are watched are judged this often at the most, and judging them takes so much of the time at the most. */
const judgeAfterMs = 10_000;
const judgingShare = 0.1;
/** How often it is asked whether a person has decided: they wake it, too. */
const askEveryMs = 3_600_000;

/** @throws CurlewError of the store; ABORTED */
export async function runRollout(
  live: LiveRollout,
  context: JobContext,
  rooms: RunRooms,
): Promise<RolloutResult> {
  for (;;) {
    await context.pausePoint();
    const woken = live.untilWoken();
    const signal = AbortSignal.any([context.signal, woken]);
    const { id: rolloutId, state, message } = live.rollout;
    context.progress(progressOf(live.rollout), message);
    if (state === 'done' || state === 'halted' || state === 'rolled back')
      return { kind: 'rollout', rolloutId, state };
    try {
      if (state === 'going back') await goBack(live, { ...context, signal }, rooms);
      else if (state === 'awaits approval') await rooms.clock.sleep(askEveryMs, signal);
      else await step(live, { ...context, signal }, rooms);
    } catch (thrown) {
      // Woken: things are not as they were.
      if (context.signal.aborted || !woken.aborted) throw thrown;
    }
  }
}

const progressOf = ({ stages }: Rollout): number =>
  stages.filter(({ state }) => state === 'passed').length / stages.length;

async function step(live: LiveRollout, context: JobContext, rooms: RunRooms): Promise<void> {
  switch (live.stage.state) {
    case 'to come':
      return begin(live, rooms);
    case 'bringing up':
      return bringUp(live, context, rooms);
    default: {
      const { over, judgingMs } = await watch(live, context.signal, rooms);
      if (over) return;
      await rooms.clock.sleep(Math.max(judgeAfterMs, judgingMs / judgingShare), context.signal);
    }
  }
}

/** Notes what boards were before anything is changed. */
async function begin(live: LiveRollout, { fleet, details, watch, wallMs }: RunRooms): Promise<void> {
  const { wanted, stage } = live.rollout;
  const there = new Map(fleet.boards().map((board) => [board.id, board]));
  const boards = live.boardsOfStage();
  const failures = await watch.failuresBefore([...boards.values()].map(({ boardId }) => boardId));
  const beforeMs = wallMs();
  for (const [place, board] of boards) {
    const { boardId } = board;
    const known = there.get(boardId);
    boards.set(
      place,
      known
        ? {
            ...board,
            former: formerOf(details.of(boardId), known, wanted),
            beforeMs,
            failuresBefore: failures.get(boardId)!,
          }
        : { ...board, outcome: 'failed', error: forgotten(board.boardName) },
    );
  }
  await live.changeStage(
    { state: 'bringing up', startedMs: beforeMs },
    { message: `${nameOf(live)}: its boards are changed.` },
    { boards, said: `Stage ${stage + 1} begins, of ${count(boards.size, 'board')}.` },
  );
}

const forgotten = (name: string) => ({
  code: 'BOARD_NOT_FOUND' as const,
  message: `The lab knows ${name} no more: it was forgotten.`,
});

async function bringUp(live: LiveRollout, context: JobContext, rooms: RunRooms): Promise<void> {
  const { wanted, by } = live.rollout;
  const boards = new Map([...live.boardsOfStage()].filter(([, { outcome }]) => outcome === 'to come'));
  const ids = [...boards.values()].map(({ boardId }) => boardId);
  if (ids.length > 0) {
    const wishes = [...boards.values()].map((board) => [board.boardId, forthWish(board, wanted)] as const);
    await rooms.details.want(new Map(wishes), by);
    const { boards: updates } = await rooms.updates.run(
      { boardIds: ids, whenMet: true, by },
      {
        ...{ signal: context.signal, resumedFrom: null, pausePoint: () => context.pausePoint() },
        progress: (_share, detail) =>
          context.progress(progressOf(live.rollout), `${nameOf(live)}: ${detail}`),
        // What is begun again finds nothing to do where it was done.
        checkpoint: () => Promise.resolve(),
      },
    );
    for (const [place, board] of boards) {
      const { outcome, error } = updates.find(({ boardId }) => boardId === board.boardId)!;
      boards.set(place, {
        ...board,
        outcome: outcome === 'failed' ? 'failed' : outcome === 'waiting' ? 'waits' : 'watched',
        error,
      });
    }
  }
  await live.changeStage(
    {
      state: 'watching',
      ...countsOf([...live.boardsOfStage().keys()].map((place) => boards.get(place) ?? live.boards[place]!)),
    },
    { message: `${nameOf(live)}: its boards are watched.` },
    { boards },
  );
}

const countsOf = (boards: readonly RolloutBoard[]): Pick<RolloutStage, 'watched' | 'away' | 'failed'> => ({
  watched: boards.filter(({ outcome, sinceMs }) => outcome === 'watched' && sinceMs !== null).length,
  away: boards.filter(({ outcome }) => outcome === 'waits').length,
  failed: boards.filter(({ outcome }) => outcome === 'failed').length,
});

const nameOf = ({ rollout, stage }: LiveRollout): string => {
  const name = stageName(rollout.stage, stage);
  return `${name[0]!.toUpperCase()}${name.slice(1)}`;
};

/** @returns whether the stage is over, and how long it took to judge it: not to ask boards what the probe set is */
async function watch(
  live: LiveRollout,
  signal: AbortSignal,
  rooms: RunRooms,
): Promise<{ over: boolean; judgingMs: number }> {
  const boards = await lookAtBoards(live, signal, rooms);
  const all = [...boards.values()];
  const watched = all.filter(({ outcome, sinceMs }) => outcome === 'watched' && sinceMs !== null);
  const { wanted, stages, falseAlarms } = live.rollout;
  const beganMs = rooms.clock.nowMs();
  const { gates, inferences, hours } = await rooms.watch.judge(
    watched,
    (board) => sameClasses(board, wanted, rooms),
    stages.length,
    falseAlarms,
  );
  const judgingMs = rooms.clock.nowMs() - beganMs;
  signal.throwIfAborted();
  const stage: RolloutStage = { ...live.stage, ...countsOf(all), gates, inferences, hours };
  const verdict = verdictOf(live, stage, all, rooms.wallMs());
  await live.changeStage({ ...stage, ...verdict.stage }, verdict.rollout, {
    boards,
    ...(verdict.said !== undefined && { said: verdict.said }),
  });
  return { over: verdict.over, judgingMs };
}

/** Also where nobody knows them of one of the two. */
function sameClasses({ former }: RolloutBoard, { bank }: Wanted, { labelsOf }: RunRooms): boolean {
  const [before, now] = [former?.ran, bank].map((one) => (one ? labelsOf(one.sha256) : null));
  return !before || !now || before.join('\n') === now.join('\n');
}

interface Verdict {
  over: boolean;
  stage: Partial<RolloutStage>;
  rollout: Partial<Rollout>;
  said?: string;
}

function verdictOf(
  live: LiveRollout,
  stage: RolloutStage,
  boards: readonly RolloutBoard[],
  nowMs: number,
): Verdict {
  const { rollout } = live;
  const name = nameOf(live);
  const failed = failedGate(stage.gates);
  const back = (why: string): Verdict => ({
    over: true,
    stage: { state: 'failed', endedMs: nowMs },
    rollout: { state: 'going back', goesBack: 'stage', message: why },
    said: why,
  });
  if (failed) {
    const { gate, before, now } = failed;
    const figures = `${gateFigure(gate, now)}, ${gateFigure(gate, before)} before`;
    return back(`${name}: halted by ${gateWords[gate]} (${figures}). Its boards go back.`);
  }
  if (stage.failed === boards.length)
    return back(`${name}: none of its boards could be changed. They go back.`);
  const pending = boards.length - stage.watched - stage.away - stage.failed;
  const enough = stage.inferences >= rollout.leastInferences && stage.hours >= rollout.leastHours;
  if (stage.watched === 0 || pending > 0 || !enough) {
    const away =
      stage.watched === 0 && pending === 0 ? 'all its boards are away; it waits until one is met' : null;
    return { over: false, stage: {}, rollout: { message: `${name}: ${away ?? 'its boards are watched'}.` } };
  }
  const last = rollout.stage === rollout.stages.length - 1;
  const doubt = doubtOf(stage);
  if (doubt !== null || (rollout.approve && !last)) {
    const why = `${name}: ${doubt ?? 'nothing speaks against it'}. A person decides whether it goes on.`;
    return { over: true, stage: {}, rollout: { state: 'awaits approval', message: why }, said: why };
  }
  return { over: true, ...passed({ ...rollout, stages: rollout.stages.with(rollout.stage, stage) }, nowMs) };
}

/** Why a person must look at a stage by which nothing was found. */
function doubtOf({ failed, gates }: RolloutStage): string | null {
  if (failed > 0) return `${count(failed, 'board')} could not be changed`;
  if (gates.every(({ boards }) => boards === 0)) return 'no board could be judged';
  return null;
}

/** The stage under way has passed: what follows. */
export function passed(
  { stage, stages }: Rollout,
  nowMs: number,
): Omit<Verdict, 'over' | 'said'> & { said: string } {
  const last = stage === stages.length - 1;
  const unjudged = stages[stage]!.gates.filter(({ boards }) => boards === 0).map(
    ({ gate }) => gateWords[gate],
  );
  const left = unjudged.length === 0 ? '' : `; of no board could be judged: ${unjudged.join(', ')}`;
  const said = `Stage ${stage + 1} of ${stages.length} has passed${left}.`;
  return {
    stage: { state: 'passed', endedMs: nowMs },
    rollout: last
      ? { state: 'done', endedMs: nowMs, message: `All stages have passed${left}.` }
      : { state: 'under way', stage: stage + 1, message: said },
    said,
  };
}

/** Which boards run what is wanted, and since when; those that are there answer the probe set once. */
async function lookAtBoards(
  live: LiveRollout,
  signal: AbortSignal,
  rooms: RunRooms,
): Promise<Map<number, RolloutBoard>> {
  const { wanted } = live.rollout;
  const boards = live.boardsOfStage();
  const there = new Map(rooms.fleet.boards().map((board) => [board.id, board]));
  let probe: Promise<readonly ProbeWindow[] | null> | null = null;
  const tasks = [...boards].flatMap(([place, board]) => {
    const known = there.get(board.boardId);
    if (!known || board.outcome === 'failed') return [];
    const left = difference(wanted, known);
    if (left?.some(({ kind }) => kind === 'fell back')) {
      const message = 'What was rolled out did not stand its trial: the board went back by itself.';
      boards.set(place, { ...board, outcome: 'failed', error: { code: 'IMAGE_BAD', message } });
      return [];
    }
    const runs = left?.every(({ kind }) => kind === 'trial') ?? false;
    if (board.sinceMs !== null && left && !runs) {
      // What it answers now says nothing of what was rolled out.
      const message = 'It was given something else while it was watched.';
      boards.set(place, { ...board, outcome: 'failed', error: { code: 'ROLLOUT_STATE', message } });
      return [];
    }
    if (board.sinceMs !== null || !runs || !isThere(known)) return [];
    return [
      {
        hub: rooms.fleet.session(board.boardId).place.hub ?? null,
        isBusy: () => rooms.fleet.session(board.boardId).state.state === 'busy',
        run: async () => {
          const windows = wanted.bank && (await (probe ??= rooms.probeOf(wanted.bank)));
          const played = await playTo(board, windows, signal, rooms);
          if (played) boards.set(place, { ...board, outcome: 'watched', ...played, sinceMs: rooms.wallMs() });
        },
      },
    ];
  });
  await runAll(tasks, rooms.bounds);
  return boards;
}

const isThere = ({ state }: Board): boolean => state === 'attached' || state === 'busy';

/** @returns null where the board went away meanwhile, and is to be asked when it is back */
async function playTo(
  { boardId, former }: RolloutBoard,
  windows: readonly ProbeWindow[] | null,
  signal: AbortSignal,
  { fleet }: RunRooms,
): Promise<Pick<RolloutBoard, 'probe' | 'error'> | null> {
  const session = fleet.session(boardId);
  try {
    const listens = former?.listened ?? false;
    if (windows) return { probe: await playProbe(session, windows, { listens, signal }), error: null };
    await session.pull();
    return { probe: null, error: null };
  } catch (thrown) {
    const { code, message } = toCurlewError(thrown);
    if (signal.aborted) throw thrown;
    return code === 'PORT_LOST' || code === 'BOARD_SILENT' ? null : { probe: null, error: { code, message } };
  }
}
