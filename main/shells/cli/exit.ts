/** What the process says at its end to the program that started it. */
import { constants } from 'node:os';
import type { CurlewError } from '../../contract/error.ts';

export const exit = {
  /** Everything that was asked for was done. */
  done: 0,
  failed: 1,
  /** The words cannot be meant; nothing was begun. */
  usage: 2,
  /** Only a part was done. */
  some: 3,
  /** It was gone through, and nothing could be used. */
  none: 4,
} as const;

export const exitHelp = `Exit codes
  0    everything that was asked for was done
  1    it failed; the sentence says why
  2    the command line is not understood; nothing was begun
  3    only some of it: recordings were damaged or left out, or the job is not done
  4    none of it: not one recording could be used
  70   something unforeseen failed; its stack is in faults.log of the data folder
  130  Ctrl-C, and 143 SIGTERM: paused where it can be taken up again, else cancelled; twice: ended at once
`;

export type Signal = 'SIGINT' | 'SIGTERM';

/** As shells tell of a process that a signal ended. */
export const exitOfSignal = (signal: Signal): number => 128 + constants.signals[signal];

export function exitOfError({ code, context }: CurlewError): number {
  if (context['signal'] === 'SIGINT' || context['signal'] === 'SIGTERM')
    return exitOfSignal(context['signal']);
  if (context['begun'] === true) return exit.failed;
  return code === 'REQUEST_INVALID' || code === 'REQUEST_UNKNOWN' ? exit.usage : exit.failed;
}

/** @param used of so many things, as they were meant to be @param spoilt left out, or used in part */
export const exitOfShare = (used: number, spoilt: number): number =>
  spoilt === 0 ? exit.done : used === 0 ? exit.none : exit.some;
