import { timeLeft } from '../contract/figures.ts';
import type { JobContext } from './definition.ts';
import { Pace } from './pace.ts';

/** Between two lines, milliseconds. */
const quiet = 5000;

/** A job without a lab: it tells a terminal, and cannot be paused. */
export function onTerminal(jobId: string, tell: (line: string) => void): JobContext {
  let told = 0;
  const pace = new Pace(0);
  pace.go(performance.now());
  return {
    jobId,
    signal: new AbortController().signal,
    resumedFrom: null,
    checkpoint: () => Promise.resolve(),
    pausePoint: () => Promise.resolve(),
    progress(fraction, detail) {
      const now = performance.now();
      pace.reached(fraction, now);
      if (now - told < quiet) return;
      told = now;
      const left = pace.left(now);
      const share = fraction === null ? '' : `${(100 * fraction).toFixed(1)} %  `;
      tell(`${share}${detail}${left === null ? '' : ` (${timeLeft(left)})`}`);
    },
  };
}
