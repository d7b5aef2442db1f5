/** What a job's state becomes, for every state and every event: the whole of the job engine's rules in one table. */
import { CurlewError } from '../contract/error.ts';
import type { JobState } from '../contract/types.ts';

/** `pause`, `resume` and `cancel` are a person's; `begin` the engine's; `finish` and `fail` the work's own. */
export const jobEvents = ['begin', 'pause', 'resume', 'cancel', 'finish', 'fail'] as const;
export type JobEvent = (typeof jobEvents)[number];

/** `refused`: a person asked for what cannot be; `never`: the engine itself would be wrong. */
export const transitions: Record<JobState, Record<JobEvent, JobState | 'refused' | 'never'>> = {
  queued: {
    begin: 'running',
    pause: 'paused',
    resume: 'queued',
    cancel: 'cancelled',
    // Work that was paused and waits for its turn again may still end while it waits.
    finish: 'done',
    fail: 'failed',
  },
  running: {
    begin: 'never',
    pause: 'paused',
    resume: 'running',
    cancel: 'cancelled',
    finish: 'done',
    fail: 'failed',
  },
  paused: {
    begin: 'never',
    pause: 'paused',
    resume: 'queued',
    cancel: 'cancelled',
    // The work runs on to its next pause point, and may end before it.
    finish: 'done',
    fail: 'failed',
  },
  done: {
    begin: 'never',
    pause: 'refused',
    resume: 'refused',
    cancel: 'refused',
    finish: 'never',
    fail: 'never',
  },
  // A failed job may be taken up again from its last checkpoint.
  failed: {
    begin: 'never',
    pause: 'refused',
    resume: 'queued',
    cancel: 'refused',
    finish: 'never',
    fail: 'never',
  },
  // Cancelled work ends a little later, in whatever way.
  cancelled: {
    begin: 'never',
    pause: 'refused',
    resume: 'refused',
    cancel: 'cancelled',
    finish: 'cancelled',
    fail: 'cancelled',
  },
};

/** @throws CurlewError JOB_STATE when a person's command does not fit the state, INTERNAL when the engine errs */
export function nextState(state: JobState, event: JobEvent): JobState {
  const next = transitions[state][event];
  if (next === 'refused') {
    throw new CurlewError('JOB_STATE', `This job is ${state}; it cannot ${event}.`, { state, event });
  }
  if (next === 'never') {
    throw new CurlewError('INTERNAL', `A ${state} job met “${event}”.`, { state, event });
  }
  return next;
}

export const isFinished = (state: JobState): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';
