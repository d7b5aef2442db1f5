/**
 * Waiting for a job: its progress is shown; Ctrl-C and SIGTERM pause it where it can be taken up again, and finish what
 * would go on without an end.
 */
import type { LabClient } from '../../contract/client.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Job } from '../../contract/types.ts';
import type { Signal } from './exit.ts';
import { onInterruption } from './interruption.ts';
import { progressOn } from './progress.ts';

/**
 * @param resumeWith the command that takes the job up again; null where nothing can, and an interruption cancels
 * @param finish has a job that goes on without an end finish
 * @throws CurlewError with the job's own code when it failed or was cancelled; ABORTED when it was interrupted, with
 *   the signal and, where it was paused, the job's id and `resume` in its context
 */
export async function follow(
  client: LabClient,
  job: Job,
  resumeWith: ((jobId: string) => string) | null,
  finish: ((jobId: string) => Promise<Job>) | null = null,
): Promise<Job> {
  const progress = progressOn(process.stderr);
  const pauses = resumeWith !== null && job.canPause;
  let interruption: Signal | null = null;
  let stop = (): void => undefined;
  try {
    const ended = await new Promise<Job>((resolve, reject) => {
      const look = (one: Job): void => {
        if (one.id !== job.id) return;
        progress.show(one);
        // Whoever pauses it elsewhere will let it go on.
        if (one.finishedMs !== null || (one.state === 'paused' && interruption)) resolve(one);
      };
      const lookAgain = (): void => void client.request('jobs.get', { jobId: job.id }).then(look, reject);
      const offJob = client.on('job', look);
      const offClose = client.onClose(reject);
      const offInterruption = onInterruption((signal) => {
        interruption = signal;
        const asked = finish
          ? finish(job.id)
          : client.request(pauses ? 'jobs.pause' : 'jobs.cancel', { jobId: job.id });
        asked.then(look, (thrown: unknown) => {
          // It has ended meanwhile, and how is what counts.
          if (thrown instanceof CurlewError && thrown.code === 'JOB_STATE') lookAgain();
          else reject(thrown);
        });
      });
      stop = () => (offJob(), offClose(), offInterruption());
      // It may have ended before anyone listened.
      lookAgain();
    });
    if (ended.state === 'done') return ended;
    if (ended.state === 'paused') throw paused(ended, interruption!, resumeWith!(ended.id));
    throw failed(ended, interruption, pauses ? resumeWith(ended.id) : null);
  } finally {
    stop();
    progress.end();
  }
}

const paused = ({ id, title }: Job, signal: Signal, resume: string): CurlewError =>
  new CurlewError('ABORTED', `“${title}” is paused. To go on: ${resume}`, { jobId: id, resume, signal });

function failed({ id, title, state, error }: Job, signal: Signal | null, resume: string | null): CurlewError {
  const context = state === 'cancelled' && signal ? { signal } : {};
  const { code, message } = error ?? { code: 'ABORTED', message: `“${title}” was cancelled.` };
  if (code !== 'STORE_FULL' || resume === null) return new CurlewError(code, message, context);
  return new CurlewError(code, `${message} To go on: ${resume}`, { ...context, jobId: id, resume });
}
