/**
 * The work of a comparison: each board goes through the models, and with each through the clips, beside the others; what
 * it answered is held against the references and kept, some clips at a time. It goes on where the last checkpoint was.
 */
import { patchHopSamples, patchSamples } from '../../../models/features/log-mel.ts';
import { CurlewError, toCurlewError } from '../../contract/error.ts';
import { count, grouped } from '../../contract/figures.ts';
import type { JobContext } from '../definition.ts';
import { ClipsReferences } from './clip-references.ts';
import { clipsOf, type ClipRooms } from './clips.ts';
import {
  compareWindow,
  heardOf,
  listenerOf,
  logMelOf,
  placesOf,
  type ClipReferences,
  type ContestedModel,
} from './compare-window.ts';
import type { BoardAnswer } from './board-answers.ts';
import type { CompareStore } from './compare-store.ts';
import { CompareThreads } from './compare-threads.ts';
import type { ComparedClip, ComparedWindow } from './contract/rows.ts';
import { contestedModel } from './models.ts';
import { withOpponent, type Opponent, type OpponentRooms } from './opponents.ts';
import type { CompareParams } from './params.ts';
import type { Referred, Routed } from './reference-desk.ts';

export interface CompareRooms extends OpponentRooms, ClipRooms {
  readonly store: CompareStore;
  readonly banks: OpponentRooms['banks'];
}

/** What a later run needs to go on. */
export interface CompareCheckpoint {
  /** Clips gone through, by board and model. */
  done: number[][];
}

/** A write for every clip would take longer than the clip; a page is not further behind than this, milliseconds. */
const keepEveryMs = 400;

/**
 * @throws CurlewError of the recordings' folder, the models, the boards (those that did not fail went to their end
 *   first) and the store; ABORTED
 */
export async function compare(
  params: CompareParams,
  rooms: CompareRooms,
  context: JobContext,
): Promise<void> {
  const { store } = rooms;
  const { jobId } = context;
  const models = await Promise.all(params.models.map((id) => contestedModel(rooms.banks, id)));
  let clips = await store.clips(jobId);
  if (clips.length === 0) {
    context.progress(null, 'looking for clips');
    clips = await clipsOf(params, rooms, context.signal);
    await store.list(jobId, clips);
  }
  const state = (context.resumedFrom as CompareCheckpoint | null) ?? begun(params);
  for (const [board, done] of state.done.entries())
    for (const [model, from] of done.entries()) await store.forget({ jobId, board, model }, from);
  const threads = new CompareThreads(rooms.banks.folders);
  const pace = new Progress(params, clips.length, state, context);
  const stop = (): void => threads.end();
  context.signal.addEventListener('abort', stop, { once: true });
  const contest = {
    ...{ params, rooms, context, clips, state, pace },
    references: new ClipsReferences(threads, params.windows),
    models: models.map(({ asked }) => asked),
  };
  try {
    const ends = await Promise.allSettled(
      params.boards.map((choice, board) =>
        withOpponent(choice, rooms, threads, context.signal, (opponent) => play(contest, board, opponent)),
      ),
    );
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [toCurlewError(end.reason)] : []));
    if (context.signal.aborted) throw new CurlewError('ABORTED', 'The job was stopped.');
    if (failures[0]) throw failures[0];
  } finally {
    context.signal.removeEventListener('abort', stop);
    threads.end();
  }
}

const begun = ({ boards, models }: CompareParams): CompareCheckpoint => ({
  done: boards.map(() => models.map(() => 0)),
});

interface Contest {
  readonly params: CompareParams;
  readonly rooms: CompareRooms;
  readonly context: JobContext;
  readonly clips: readonly ComparedClip[];
  readonly state: CompareCheckpoint;
  readonly pace: Progress;
  readonly references: ClipsReferences;
  readonly models: readonly ContestedModel[];
}

/** One board, through all that is left of its part. */
async function play(contest: Contest, board: number, opponent: Opponent): Promise<void> {
  const { models, clips, state, context, rooms, params } = contest;
  const { name, kind, profile, simulated } = opponent.about;
  const choice = params.boards[board]!;
  await rooms.store.met(context.jobId, board, { choice, name, kind, profile, simulated });
  for (const [place, model] of models.entries()) {
    if (state.done[board]![place]! >= clips.length) continue;
    await context.pausePoint();
    const slots = await opponent.deploy(model.id);
    const keeper = new RunKeeper(contest, board, place);
    try {
      while (state.done[board]![place]! + keeper.clips < clips.length) {
        await context.pausePoint();
        const clip = clips[state.done[board]![place]! + keeper.clips]!;
        await keeper.add(
          await answered(contest, { board, place, model, slots, opponent }, clip, keeper.ordinal),
        );
      }
    } finally {
      await keeper.flush();
    }
  }
}

interface Turn {
  readonly board: number;
  readonly place: number;
  readonly model: ContestedModel;
  readonly slots: readonly number[];
  readonly opponent: Opponent;
}

/** A clip as a board answers it, window by window; a sentence where the recording is no use. */
async function answered(
  contest: Contest,
  turn: Turn,
  { clip, path }: ComparedClip,
  ordinal: number,
): Promise<ComparedWindow[] | string> {
  const { references, clips, params } = contest;
  const { model, slots, opponent, board, place } = turn;
  const listener = model.expertIds[listenerOf(model)]!;
  let listening: Referred;
  let pcm: Int16Array;
  try {
    pcm = await references.pcm(clip, path);
    listening = await references.refer(clip, path, listener);
  } catch (thrown) {
    const error = toCurlewError(thrown);
    if (contest.context.signal.aborted || error.code === 'INTERNAL') throw error;
    return error.message;
  }
  // The references of the next clip are computed while the board answers this one.
  const next = clips[clip + 1];
  if (next) void references.refer(next.clip, next.path, listener).catch(() => undefined);
  const answers = await opponent.answer(
    Array.from({ length: listening.windows }, (_, w) => ({
      pcm: pcm.slice(w * patchHopSamples, w * patchHopSamples + patchSamples),
      logMel: params.answersOnly ? null : logMelOf(listening, w),
    })),
  );
  const said = await referencesOf(contest, turn, clip, path, answers);
  return answers.map((answer, window) =>
    compareWindow(model, slots, answer, said, params.rules, {
      ...{ board, model: place, clip, window },
      ordinal: ordinal + window,
    }),
  );
}

async function referencesOf(
  { references }: Contest,
  { model, slots }: Turn,
  clip: number,
  path: string,
  answers: readonly BoardAnswer[],
): Promise<ClipReferences> {
  const experts = new Map<number, Referred>();
  for (const place of placesOf(model, slots, answers))
    experts.set(place, await references.refer(clip, path, model.expertIds[place]!));
  if (!model.router) return { experts, heard: null, same: null };
  const listening = experts.get(listenerOf(model))!;
  const routed = (ids: readonly number[]): Promise<Routed[]> =>
    references.route(
      clip,
      model.id,
      ids.map((inferenceId, window) => heardOf(listening, window, inferenceId)),
    );
  const heard = await routed(answers.map((answer) => answer.heard.inferenceId));
  const same = answers.every((answer) => answer.same !== null)
    ? await routed(answers.map((answer) => answer.same!.inferenceId))
    : null;
  return { experts, heard, same };
}

/** Keeps what a board answered, and notes how far it is once that is durable. */
class RunKeeper {
  /** Answered and not kept yet. */
  clips = 0;
  ordinal = 0;
  private rows: ComparedWindow[] = [];
  private readonly failures: { clip: number; message: string }[] = [];
  private keptMs = Date.now();

  constructor(
    private readonly contest: Contest,
    private readonly board: number,
    private readonly model: number,
  ) {}

  async add(found: ComparedWindow[] | string): Promise<void> {
    const { state, pace } = this.contest;
    if (typeof found === 'string')
      this.failures.push({ clip: state.done[this.board]![this.model]! + this.clips, message: found });
    else {
      this.rows.push(...found);
      this.ordinal += found.length;
    }
    this.clips++;
    pace.tell(1);
    if (Date.now() - this.keptMs >= keepEveryMs) await this.flush();
  }

  async flush(): Promise<void> {
    const { rooms, context, state } = this.contest;
    const { clips, rows, failures } = this;
    this.keptMs = Date.now();
    if (clips === 0) return;
    this.rows = [];
    this.clips = 0;
    await rooms.store.keep(context.jobId, rows);
    for (const { clip, message } of failures.splice(0))
      await rooms.store.failed(context.jobId, clip, message);
    state.done[this.board]![this.model]! += clips;
    await context.checkpoint(state);
  }
}

class Progress {
  private done: number;
  private readonly all: number;

  constructor(
    { boards, models }: CompareParams,
    private readonly clips: number,
    state: CompareCheckpoint,
    private readonly context: JobContext,
  ) {
    this.all = boards.length * models.length * clips;
    this.done = state.done.flat().reduce((sum, done) => sum + done, 0);
    this.tell(0);
  }

  tell(more: number): void {
    this.done += more;
    const of = this.all === this.clips ? count(this.clips, 'clip') : `${grouped(this.all)} answers to clips`;
    this.context.progress(this.done / this.all, `${grouped(this.done)} of ${of}`);
  }
}
