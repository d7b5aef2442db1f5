/**
 * The lab's side of a training, an evaluation or an import: the work has a thread of its own, since much of it (an
 * ONNX file read, weights packed, samples decoded, results scored) takes a processor longer than boards and pages may
 * wait. A pause holds the thread at its next pause point; an abort ends it at once, and the threads that it started.
 */
import type { CurlewBoard } from '../../../devices/drivers/curlew/board.ts';
import type { BoardSummary } from '../../../models/report/results.ts';
import type { EpochReport } from '../../../models/training/train.ts';
import type { Banks } from '../../banks/banks.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Job } from '../../contract/types.ts';
import type { OwnModels } from '../../own-models/own-models.ts';
import { throwIfAborted } from '../../recordings/file.ts';
import { peerThread } from '../../threads/peer-thread.ts';
import { startWorker } from '../../threads/worker-url.ts';
import type { JobContext } from '../definition.ts';
import type { LabCalls, Order, Place, WorkerCalls } from './job-calls.ts';
import { trialsOn, type Trials } from './on-board.ts';

export interface JobRooms {
  readonly banks: Banks;
  readonly models: Pick<OwnModels, 'adopt'>;
  /** Lends an attached board. @throws CurlewError where it is not to be had */
  borrowBoard(
    boardId: string,
    use: (board: CurlewBoard, about: BoardSummary) => Promise<void>,
    signal: AbortSignal,
  ): Promise<unknown>;
  /** Whether a recording found behind a link may be opened. */
  allowed(real: string): Promise<boolean>;
  onCurve(id: string, reports: readonly EpochReport[]): void;
}

/** @throws CurlewError of the work; INTERNAL when the thread crashed; ABORTED */
export async function runInThread(
  order: Order,
  place: Omit<Place, 'jobId' | 'bankFolders'>,
  { banks, models, borrowBoard, allowed, onCurve }: JobRooms,
  context: JobContext,
): Promise<Job['result']> {
  const { jobId, signal } = context;
  throwIfAborted(signal);
  let trials: Trials | null = null;
  let trial: ReturnType<Trials> | null = null;
  const side: LabCalls = {
    progress: (fraction, detail) => context.progress(fraction, detail),
    checkpoint: (state) => context.checkpoint(state),
    pausePoint: () => context.pausePoint(),
    curve: onCurve,
    permits: allowed,
    nextVersion: (images) => banks.versions.next(images),
    newFolder: (name) => banks.newFolder(name),
    addBank: (name) => banks.add(name),
    adoptModel: async (folder) => (await models.adopt(folder)).id,
    lendBoard: async (boardId) => void (await borrowBoard(boardId, lend, signal)),
    trial: (asked) => (trial = trials!(asked, (done) => thread.peer.tell('trialProgress', done))),
  };
  const worker = startWorker('job-worker', import.meta.url, null);
  const thread = peerThread<WorkerCalls>(worker, 'job', side);

  async function lend(board: CurlewBoard, about: BoardSummary): Promise<void> {
    trials = trialsOn(board, signal);
    try {
      const { name, kind, profile, simulated } = about;
      await thread.peer.call('useBoard', { name, kind, profile, simulated });
    } finally {
      // What a thread that is gone had asked for ends before the board is given back.
      await trial?.catch(() => undefined);
    }
  }

  const stop = () => thread.end(new CurlewError('ABORTED', 'The job was stopped.'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await thread.peer.call('run', order, { ...place, jobId, bankFolders: banks.folders });
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    // What it was writing is written, or is not: whoever takes its folder away has it alone.
    await worker.terminate();
  }
}
