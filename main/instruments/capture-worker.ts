/** A thread that takes one capture, or makes one of a file or of another, or writes one out. */
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { plain, type WorkerError } from '../threads/worker-thread.ts';
import { offer } from '../threads/offer.ts';
import { whyUnwritable } from '../why-unwritable.ts';
import { CaptureRun } from './capture-run.ts';
import type { CaptureProgress, CaptureSpec } from './capture-spec.ts';
import { exportCapture } from './files/export.ts';
import type { ExportWish } from './files/file-work.ts';
import { importCapture, type ImportWish } from './files/import.ts';
import { trimCapture, type TrimWish } from './files/trim.ts';

/** What the thread may tell the lab. */
export interface CaptureLab extends Record<string, (...given: never[]) => unknown> {
  progress(told: CaptureProgress): void;
  failed(error: WorkerError): void;
  share(done: number): void;
}

const tellEveryMs = 200;

let run: CaptureRun | null = null;
let toldMs = -Infinity;
/** What came is taken no more; what was written stays. */
let failed = false;
/** Nothing can be written any more: what is on disk is not whole at its end. */
let broken: CurlewError | null = null;

function guarded(work: () => void): void {
  if (failed) return;
  try {
    work();
  } catch (thrown) {
    failed = true;
    const error = asError(thrown);
    if (error.code === 'FILE_UNWRITABLE') broken = error;
    lab.tell('failed', plain(error));
  }
}

const asError = (thrown: unknown): CurlewError =>
  (thrown as NodeJS.ErrnoException).syscall
    ? new CurlewError('FILE_UNWRITABLE', `The capture cannot be written: ${whyUnwritable(thrown)}.`, {})
    : toCurlewError(thrown);

const tasks = {
  begin(spec: CaptureSpec): void {
    try {
      run = new CaptureRun(spec);
    } catch (thrown) {
      throw asError(thrown);
    }
  },
  bytes(bytes: Uint8Array, atMs: number): void {
    guarded(() => {
      run!.take(bytes, atMs);
      const progress = run!.progress();
      if (!progress.done && performance.now() - toldMs < tellEveryMs) return;
      toldMs = performance.now();
      lab.tell('progress', progress);
    });
  },
  end(): CaptureProgress {
    if (broken) throw broken;
    try {
      return run!.end();
    } catch (thrown) {
      throw asError(thrown);
    }
  },
  exportCapture: (wish: ExportWish) => exportCapture(wish, share),
  importCapture: (wish: ImportWish) => importCapture(wish, share),
  trimCapture: (wish: TrimWish) => trimCapture(wish, share),
};

export type CaptureTasks = typeof tasks;

const lab = offer<CaptureLab>(tasks);
function share(done: number): void {
  lab.tell('share', done);
}
