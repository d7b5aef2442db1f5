/** Plays one recording at a board: window after window, each answered by the board's active bank, and kept as it comes. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { patchCount } from '../../../models/features/log-mel.ts';
import type { InferenceResult } from '../../../devices/protocol/messages/inference-run.ts';
import type { Background } from '../../background/background.ts';
import { count, grouped } from '../../contract/figures.ts';
import { CurlewError, toCurlewError } from '../../contract/error.ts';
import type { Emit } from '../../contract/events.ts';
import type { Played, PlayedSource, WindowResult } from '../../contract/types.ts';
import { targetRate } from '../../recordings/resample.ts';
import type { KnownImages } from '../../store/known-images.ts';
import type { PlayStore } from '../../store/play-store.ts';
import type { SignedImages } from '../../store/signed-images.ts';
import type { Session } from '../session.ts';
import { bankOnBoard, type AnsweringBank } from './bank-on-board.ts';
import { windowsOf, type SoundWindow, type Stretch } from './sound.ts';

export interface PlayRooms {
  background: Pick<Background, 'run'>;
  plays: PlayStore;
  signedImages: SignedImages;
  images: KnownImages;
  emit: Emit;
}

/** A recording that is to be played. */
export interface Recording extends Stretch {
  source: PlayedSource;
  /** Where its sound lies. */
  path: string;
}

interface PlayOptions {
  jobId: string;
  signal: AbortSignal;
  progress(fraction: number | null, detail: string): void;
  wallMs(): number;
}

/** Answers that are kept together: a second or so of them. */
const keepEvery = 16;

/**
 * @returns how it went; what is wrong with the recording itself is in `error`
 * @throws CurlewError NO_EXPERT_ACTIVE, those of the board and of the store; ABORTED
 */
export async function playRecording(
  session: Session,
  recording: Recording,
  rooms: PlayRooms,
  options: PlayOptions,
): Promise<Played> {
  const { signal } = options;
  return session.exclusive(async (board) => {
    const found = await bankOnBoard(board, rooms, { signal });
    if (!found) {
      throw new CurlewError('NO_EXPERT_ACTIVE', 'The board has no active expert; deploy one first.', {
        boardId: session.state.id,
      });
    }
    const keeper = await Keeper.begin(session, found, recording, rooms, options);
    /** What is wrong with the recording rather than with the board. */
    let wrong: CurlewError | null = null;
    const ofRecording = (thrown: unknown): never => {
      wrong = toCurlewError(thrown);
      throw wrong;
    };
    try {
      const total = await windowsIn(recording, rooms).catch(ofRecording);
      const sound = windowsOf(rooms.background, recording.path, recording);
      for (;;) {
        const { windows } = keeper.played;
        if (total === null) options.progress(null, `window ${grouped(windows + 1)}`);
        else if (windows < total)
          options.progress(windows / total, `window ${grouped(windows + 1)} of ${grouped(total)}`);
        const next = await sound.next().catch(ofRecording);
        if (next.done) break;
        await keeper.add(resultOf(await board.infer(next.value.pcm, { signal }), next.value, found));
      }
      await session.pull();
      return await keeper.end(null);
    } catch (thrown) {
      if (thrown === wrong && !signal.aborted) return await keeper.end(wrong);
      // What it failed for is thrown, also where it cannot be kept.
      await keeper.end(toCurlewError(thrown)).catch(() => undefined);
      throw thrown;
    }
  }, signal);
}

/** Null where only playing it tells. */
async function windowsIn({ path, startS, durationS }: Recording, rooms: PlayRooms): Promise<number | null> {
  const { seconds } = await rooms.background.run('inspectRecording', path);
  if (seconds === null) return durationS === null ? null : patchCount(Math.round(durationS * targetRate));
  const rest = Math.max(0, seconds - startS);
  return patchCount(Math.round(Math.min(rest, durationS ?? rest) * targetRate));
}

/** Keeps a play's record and its answers, and tells of them. */
class Keeper {
  private fresh: WindowResult[] = [];

  private constructor(
    public played: Played,
    private readonly rooms: PlayRooms,
    private readonly wallMs: () => number,
  ) {}

  static async begin(
    { state }: Session,
    { bank }: AnsweringBank,
    { source, path, startS, durationS }: Recording,
    rooms: PlayRooms,
    { jobId, wallMs }: PlayOptions,
  ): Promise<Keeper> {
    const file =
      source.kind === 'clip'
        ? null
        : await stat(path).then(
            ({ size, mtimeMs }) => ({ bytes: size, modifiedMs: mtimeMs }),
            () => null,
          );
    const played: Played = {
      ...{ id: randomUUID(), jobId, bank, source, file, startS, durationS },
      boardId: state.id,
      boardName: state.name,
      startedMs: wallMs(),
      endedMs: null,
      windows: 0,
      error: null,
    };
    const keeper = new Keeper(played, rooms, wallMs);
    await keeper.keep();
    return keeper;
  }

  async add(result: WindowResult): Promise<void> {
    this.fresh.push(result);
    this.played = { ...this.played, windows: this.played.windows + 1 };
    this.rooms.emit('window', { playedId: this.played.id, result });
    if (this.fresh.length >= keepEvery) await this.flush();
  }

  async end(error: CurlewError | null): Promise<Played> {
    const told = error && { code: error.code, message: error.message };
    this.played = { ...this.played, endedMs: this.wallMs(), error: told };
    await this.keep();
    return this.played;
  }

  private async keep(): Promise<void> {
    await this.flush();
    this.rooms.emit('played', this.played);
  }

  private async flush(): Promise<void> {
    await this.rooms.plays.keep(this.played, this.fresh);
    this.fresh = [];
  }
}

/** @throws CurlewError BOARD_BAD_REPLY where another expert answers than those of the bank that began */
function resultOf(
  answer: InferenceResult,
  { startS }: SoundWindow,
  { slots, labels }: AnsweringBank,
): WindowResult {
  const place = slots.indexOf(answer.slot);
  if (place < 0) {
    throw new CurlewError(
      'BOARD_BAD_REPLY',
      `An expert in slot ${answer.slot} answered, which is none of the ${count(slots.length, 'expert')} that the board ran ` +
        'when the recording began. Play it again.',
    );
  }
  return {
    startS,
    inferenceId: answer.inferenceId,
    classIndex: answer.classIndex,
    label: labels[answer.classIndex] ?? `class ${answer.classIndex}`,
    logits: Array.from(answer.logits),
    topProbability: answer.topProbability,
    entropy: answer.entropy,
    latencyUs: answer.latencyUs,
    latencySource: answer.latencySource,
    energyNanojoule: answer.energyNanojoule,
    energySource: answer.energySource,
    place,
    gate: Array.from(answer.gate),
    curiosity: answer.curiosity,
    score: answer.score,
    stages: answer.stages,
  };
}
