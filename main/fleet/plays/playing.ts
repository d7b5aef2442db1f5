/** Recordings played at boards, as jobs: one, or all of some folders one after another. */
import { basename } from 'node:path';
import { count, grouped } from '../../contract/figures.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Job, Played, PlayedSource, PlayResult, WindowResult } from '../../contract/types.ts';
import { few, type JobContext, type JobDefinition } from '../../jobs/definition.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import { formatsRead } from '../../recordings/contract.ts';
import { findAudio } from '../../recordings/find-audio.ts';
import type { WindowStretch } from '../../store/play-store.ts';
import type { Fleet } from '../fleet.ts';
import { playRecording, type PlayRooms, type Recording } from './play-recording.ts';

export interface PlayingRooms extends PlayRooms {
  fleet: Fleet;
  jobs: Jobs;
  files: AllowedPaths;
}

interface FilesParams {
  boardId: string;
  /** As it was called when the job was made. */
  boardName: string;
  /** Real paths of files and folders. */
  paths: string[];
}

/** So far: what was passed over, and the last of the files that was gone through. */
interface Checkpoint extends Pick<PlayResult, 'recordings' | 'windows' | 'failed'> {
  last: string | null;
}

/** How many banks' answers to one recording are told. */
const mostNewest = 20;

const answersOf = (boardName: string): string => `answers of ${boardName}, in the lab’s store`;

export class Playing {
  /** Takes up what earlier labs were playing. */
  constructor(private readonly rooms: PlayingRooms) {
    rooms.jobs.takeUp('play', (params) => this.files(params as FilesParams));
  }

  /** @param name what is played, for a person @throws CurlewError BOARD_NOT_FOUND */
  startOne(boardId: string, recording: Recording, name: string): Job {
    const session = this.rooms.fleet.session(boardId);
    return this.rooms.jobs.start({
      kind: 'play',
      title: `Play ${name} at ${session.state.name}`,
      reads: [name],
      writes: [answersOf(session.state.name)],
      canPause: false,
      run: async ({ jobId, signal, progress }) => {
        const played = await this.play(boardId, recording, { jobId, signal, progress });
        if (played.error) throw new CurlewError(played.error.code, played.error.message);
        return { kind: 'play', boardId, recordings: 1, windows: played.windows, failed: [] };
      },
    });
  }

  /** @param paths allowed real paths (AllowedPaths.resolve) @throws CurlewError BOARD_NOT_FOUND */
  startFiles(boardId: string, paths: readonly string[]): Job {
    const { name } = this.rooms.fleet.session(boardId).state;
    const read = paths.length === 1 ? paths[0] : count(paths.length, 'file or folder', 'files and folders');
    return this.rooms.jobs.start({
      ...this.files({ boardId, boardName: name, paths: [...paths] }),
      title: `Play ${read} at ${name}`,
    });
  }

  newest(boardId: string, source: PlayedSource): Promise<Played[]> {
    return this.rooms.plays.newest(boardId, source, mostNewest);
  }

  /** @throws CurlewError JOB_NOT_FOUND */
  recordings(jobId: string, page: { after?: string | undefined; limit: number }): Promise<Played[]> {
    this.rooms.jobs.get(jobId);
    return this.rooms.plays.ofJob(jobId, page);
  }

  /** @throws CurlewError REQUEST_INVALID */
  windows(playedId: string, stretch: WindowStretch): Promise<WindowResult[]> {
    return this.rooms.plays.windows(playedId, stretch);
  }

  private files(params: FilesParams): JobDefinition {
    return {
      kind: 'play',
      title: 'Play',
      reads: few(params.paths),
      writes: [answersOf(params.boardName)],
      canPause: true,
      params,
      run: (context) => this.playAll(params, context),
    };
  }

  private async playAll({ boardId, paths }: FilesParams, context: JobContext): Promise<PlayResult> {
    const { files } = this.rooms;
    context.progress(null, 'looking for recordings');
    const found = await findAudio(paths, {
      signal: context.signal,
      allowed: (real) => files.permits(real),
    });
    const so = (context.resumedFrom as Checkpoint | null) ?? {
      ...{ recordings: 0, windows: 0, last: null },
      failed: found.failed.map(({ path, error }) => ({ path, message: error.message })),
    };
    if (found.files.length === 0 && so.failed.length === 0) {
      throw new CurlewError(
        'FOLDER_EMPTY',
        `There are no recordings (${formatsRead}) under ${paths.join(', ')}; choose another folder.`,
      );
    }
    const all = found.files.length;
    for (let i = so.last === null ? 0 : found.files.indexOf(so.last) + 1; i < all; i++) {
      await context.pausePoint();
      const path = found.files[i] as string;
      const recording: Recording = { source: { kind: 'file', path }, path, startS: 0, durationS: null };
      const played = await this.play(boardId, recording, {
        jobId: context.jobId,
        signal: context.signal,
        progress: (fraction, detail) =>
          context.progress(
            (i + (fraction ?? 0)) / all,
            `${basename(path)} (${grouped(i + 1)} of ${grouped(all)}): ${detail}`,
          ),
      });
      if (played.windows > 0) so.recordings++;
      so.windows += played.windows;
      if (played.error) so.failed.push({ path, message: played.error.message });
      so.last = path;
      await context.checkpoint(so);
    }
    const { recordings, windows, failed } = so;
    return { kind: 'play', boardId, recordings, windows, failed };
  }

  private play(
    boardId: string,
    recording: Recording,
    context: Pick<JobContext, 'jobId' | 'signal' | 'progress'>,
  ): Promise<Played> {
    const session = this.rooms.fleet.session(boardId);
    return playRecording(session, recording, this.rooms, { ...context, wallMs: Date.now });
  }
}
