/** Captures written out, read in and cut, as jobs: an hour of samples takes minutes. Each has a thread of its own. */
import { basename } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { grouped, percent } from '../contract/figures.ts';
import type { Job } from '../contract/types.ts';
import type { JobContext } from '../jobs/definition.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { Outputs } from '../outputs.ts';
import type { Peer } from '../threads/peer.ts';
import { captureThread } from './capture-thread.ts';
import type { CaptureTasks } from './capture-worker.ts';
import type { Captures } from './captures.ts';
import type { CaptureFormat } from './contract/captures.ts';
import type { CaptureResult } from './contract/result.ts';
import type { Made } from './files/made.ts';

export interface FileRooms {
  captures: Captures;
  jobs: Jobs;
  /** Files and folders that nothing is written over. */
  keep: readonly string[];
}

export interface ExportTo {
  /** Absolute, of a place that may be written to. */
  path: string;
  format: CaptureFormat;
  from?: number | undefined;
  to?: number | undefined;
  overwrite?: boolean | undefined;
}

/** @throws CurlewError FILE_NOT_FOUND, FILE_EXISTS, FILE_PROTECTED, FILE_UNWRITABLE: before a job is made of it */
export async function startExport(rooms: FileRooms, captureId: string, wish: ExportTo): Promise<Job> {
  const { captures, jobs, keep } = rooms;
  const { name } = captures.get(captureId);
  const { path, format, from = 0, to = Infinity, overwrite = false } = wish;
  const output = await new Outputs({ overwrite, keep }).file(path);
  return jobs.start({
    kind: 'export',
    title: `Export “${name}” to ${basename(path)}`,
    ...{ reads: [name], writes: [path], canPause: false },
    run: async (context) => {
      const folder = await captures.readable(captureId);
      const capture = captures.get(captureId);
      const filled = await output.fill((file) =>
        inThread(context, (peer) => peer.call('exportCapture', { folder, capture, from, to, format, file })),
      );
      context.progress(1, `${grouped(filled.rows)} samples`);
      return { kind: 'export', path, ...filled };
    },
  });
}

/** @param path of a file that may be opened */
export const startImport = (rooms: FileRooms, path: string, name: string, millivolts: number | null): Job =>
  startMaking(
    rooms,
    `Read ${basename(path)} as a capture`,
    path,
    { name, from: path, millivolts },
    (into, peer) => peer.call('importCapture', { path, into }),
  );

/** @throws CurlewError FILE_NOT_FOUND, REQUEST_INVALID */
export function startTrim(rooms: FileRooms, captureId: string, from: number, to: number, name?: string): Job {
  const capture = rooms.captures.get(captureId);
  if (from >= Math.min(to, capture.samples))
    throw new CurlewError('REQUEST_INVALID', `“${capture.name}” has no sample from there to there.`, {
      from,
      to,
    });
  const beganMs =
    capture.startedMs === null ? null : capture.startedMs + (1000 * from) / capture.samplesPerSecond;
  const { samplesPerSecond, millivolts, mode, uncalibrated } = capture;
  const about = {
    ...{ name: name ?? `${capture.name}, a stretch`, from: capture.from, startedMs: beganMs },
    ...{ samplesPerSecond, millivolts, mode, uncalibrated },
  };
  return startMaking(rooms, `Cut a stretch of “${capture.name}”`, capture.name, about, async (into, peer) =>
    peer.call('trimCapture', { folder: await rooms.captures.readable(captureId), from, to, into }),
  );
}

function startMaking(
  { captures, jobs }: FileRooms,
  title: string,
  reads: string,
  about: Parameters<Captures['create']>[0],
  make: (into: string, peer: Peer<CaptureTasks>) => Promise<Made>,
): Job {
  return jobs.start({
    ...{ kind: 'capture', title, reads: [reads], writes: [about.name], canPause: false },
    async run(context): Promise<CaptureResult> {
      const { id } = await captures.create(about);
      try {
        const made = await inThread(context, (peer) => make(captures.folderOf(id), peer));
        const told = Object.fromEntries(Object.entries(made.about).filter(([, value]) => value !== null));
        const { about: _about, ...sums } = made;
        // What a person said is more than what a file does.
        await captures.change(id, { ...told, ...withoutNulls(about), ...sums, state: 'ended' });
        return { kind: 'capture', captureId: id, samples: made.samples, lost: made.lost };
      } catch (thrown) {
        await captures.change(id, { state: 'ended' });
        await captures.remove(id);
        throw thrown;
      }
    },
  });
}

const withoutNulls = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Partial<T>;

/** Ends it at once where the job is cancelled. */
async function inThread<T>(context: JobContext, work: (peer: Peer<CaptureTasks>) => Promise<T>): Promise<T> {
  const thread = captureThread({
    ...{ progress: () => undefined, failed: () => undefined, gone: () => undefined },
    share: (done) => context.progress(Math.min(1, done), percent(Math.min(1, done), 0)),
  });
  const stop = (): void => thread.end(new CurlewError('ABORTED', 'It was cancelled.'));
  context.signal.addEventListener('abort', stop);
  try {
    if (context.signal.aborted) stop();
    return await work(thread.peer);
  } finally {
    context.signal.removeEventListener('abort', stop);
    stop();
  }
}
