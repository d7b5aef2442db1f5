/** Boards of a roll-out brought back to what they were. */
import { toCurlewError } from '../../contract/error.ts';
import { count } from '../../contract/figures.ts';
import type { BoardUpdate, RolloutBoard, Wanted } from '../../contract/types.ts';
import type { JobContext } from '../../jobs/definition.ts';
import type { Details } from '../details/details.ts';
import type { Fleet } from '../fleet.ts';
import type { Updates } from '../update/updates.ts';
import { backWish } from './former.ts';
import type { LiveRollout } from './live-rollout.ts';

export interface BackRooms {
  fleet: Fleet;
  details: Details;
  updates: Updates;
  wallMs(): number;
}

/** Those of the stage under way, or of all stages that had begun. @throws CurlewError of the store; ABORTED */
export async function goBack(live: LiveRollout, context: JobContext, rooms: BackRooms): Promise<void> {
  const { wanted, goesBack, stage } = live.rollout;
  const known = new Set(rooms.details.known().map(({ id }) => id));
  const boards = live.boardsWhere(
    (board) =>
      board.former !== null &&
      board.outcome !== 'back' &&
      known.has(board.boardId) &&
      (goesBack === 'all' || board.stage === stage),
  );
  const all = [...boards.values()];
  const wishes = all.map(
    ({ boardId, former }) => [boardId, backWish(former!, wanted, rooms.details.groupOf(boardId))] as const,
  );
  if (all.length > 0) {
    await rooms.details.want(new Map(wishes), null);
    const { boards: updates } = await rooms.updates.run(
      { boardIds: all.map(({ boardId }) => boardId), whenMet: true, by: null },
      {
        ...{ signal: context.signal, resumedFrom: null, pausePoint: () => context.pausePoint() },
        progress: (share, detail) => context.progress(share, `Going back: ${detail}`),
        // What is begun again finds nothing to do where it was done.
        checkpoint: () => Promise.resolve(),
      },
    );
    for (const [place, board] of boards) {
      const update = updates.find(({ boardId }) => boardId === board.boardId)!;
      boards.set(place, await backAgain(board, update, wanted, context.signal, rooms));
    }
  }
  const notBack = [...boards.values()].filter(({ outcome }) => outcome === 'not back').length;
  const kept = live.boardsWhere(({ outcome, stage: of }) => outcome === 'watched' && of !== stage).size;
  const said = [
    `${count(boards.size - notBack, 'board')} went back to what they were before`,
    ...(notBack > 0 ? [`${count(notBack, 'board')} could not yet`] : []),
    ...(goesBack === 'stage' && kept > 0
      ? [`${count(kept, 'board')} of earlier stages keep what was rolled out`]
      : []),
  ].join('; ');
  await live.change(
    ({ message, stages }) => ({
      state: 'rolled back',
      endedMs: rooms.wallMs(),
      message: `${message} ${said}.`,
      stages: stages.map((one) => ({ ...one, state: one.state === 'to come' ? 'left out' : one.state })),
    }),
    { boards, said: `${said}.` },
  );
}

async function backAgain(
  board: RolloutBoard,
  { outcome, error }: BoardUpdate,
  wanted: Wanted,
  signal: AbortSignal,
  { fleet, details }: BackRooms,
): Promise<RolloutBoard> {
  const { ran } = board.former!;
  if (outcome === 'waiting') {
    const message = 'It is away, and goes back when it is met.';
    return { ...board, outcome: 'not back', error: { code: 'PORT_LOST', message } };
  }
  if (outcome !== 'failed') {
    const nothing = 'It ran nothing before: what was rolled out stays on it, and is no longer wanted.';
    const told = wanted.bank !== null && ran === null && details.wanted(board.boardId).bank === null;
    return { ...board, outcome: 'back', error: told ? { code: 'NO_EXPERT_ACTIVE', message: nothing } : null };
  }
  // The lab has that bank no more; the board may.
  if (error!.code !== 'EXPERT_NOT_FOUND' || ran === null) return { ...board, outcome: 'not back', error };
  try {
    const session = fleet.session(board.boardId);
    await session.exclusive((connected) => connected.rollback({ signal }), signal);
    await session.refresh();
    const runs = session.state.activeRouter ?? session.state.activeExpert;
    return runs?.sha256 === ran.sha256
      ? { ...board, outcome: 'back', error: null }
      : { ...board, outcome: 'not back', error };
  } catch (thrown) {
    signal.throwIfAborted();
    const { code, message } = toCurlewError(thrown);
    return { ...board, outcome: 'not back', error: { code, message } };
  }
}
