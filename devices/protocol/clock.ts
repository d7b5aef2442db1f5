/** What waits are measured by: the computer's time, or one that a test turns (test-clock.ts). */
import { CurlewError } from '../../main/contract/error.ts';
import { reportFault } from '../../main/contract/fault.ts';
import { onAbort } from './abort.ts';

export abstract class Clock {
  /** Milliseconds since some moment; never goes back. */
  abstract nowMs(): number;

  /** Calls back once, `ms` from now or a little later; 0: after what is at hand. @returns takes it back */
  abstract after(ms: number, callback: () => void): () => void;

  /** Calls back every `ms`, above 0; keeps no process alive by itself. @returns ends it */
  abstract every(ms: number, callback: () => void): () => void;

  /** @throws CurlewError ABORTED */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => reject(new CurlewError('ABORTED', 'A wait was cancelled.'));
      if (signal?.aborted) {
        aborted();
        return;
      }
      const takeBack = this.after(ms, () => {
        stopWaiting();
        resolve();
      });
      const stopWaiting = onAbort(signal, () => {
        takeBack();
        aborted();
      });
    });
  }
}

class RealClock extends Clock {
  nowMs(): number {
    return performance.now();
  }

  after(ms: number, callback: () => void): () => void {
    // setTimeout waits at least a millisecond; where setImmediate exists it does not.
    if (ms <= 0 && typeof setImmediate === 'function') {
      const immediate = setImmediate(contained(callback));
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(contained(callback), ms);
    return () => clearTimeout(timer);
  }

  every(ms: number, callback: () => void): () => void {
    const timer: unknown = setInterval(contained(callback), ms);
    // Browsers' timers are plain numbers.
    (timer as { unref?: () => void }).unref?.();
    return () => clearInterval(timer as NodeJS.Timeout);
  }
}

/** Nobody waits for what a timer does: it is reported where it throws. */
const contained = (callback: () => void) => (): void => {
  try {
    callback();
  } catch (thrown) {
    reportFault(thrown, null);
  }
};

export const realClock: Clock = new RealClock();
