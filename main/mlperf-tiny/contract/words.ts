/** Figures of the benchmark, in its terms. */
import { percent } from '../../contract/figures.ts';
import type { TinyDevice, TinyRun, TinyShare } from './results.ts';

/** “123.4 inf/s” */
export const perSecondText = (perSecond: number): string =>
  `${perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toPrecision(3)} inf/s`;

/** “252.1 µJ/inf” */
export const microjoulesText = (joules: number): string =>
  `${(joules * 1e6).toLocaleString('en', { maximumSignificantDigits: 4 })} µJ/inf`;

export const perSecondOf = ({ inferences, seconds }: TinyRun): number => inferences / seconds;

/** Joules an inference; null where none was measured. */
export const joulesEachOf = ({ inferences, energy }: TinyRun): number | null =>
  energy && energy.joules / inferences;

/** “91.2 % (912 of 1000; 89.3 to 92.9 %)” */
export const shareText = ({ right, of, low, high }: TinyShare): string =>
  `${percent(right / of)} (${right} of ${of}; ${percent(low)} to ${percent(high)})`;

/** Where figures come from, behind them. */
export const sourceOf = ({ simulated }: Pick<TinyDevice, 'simulated'>): string =>
  simulated ? 'simulated: a process of a computer, no board' : 'measured';

/** The device’s clock may tell less than the lab’s, which counts warm-ups and the line in, but not more. */
export const isClockFast = ({ seconds, askedSeconds }: TinyRun): boolean => seconds > 1.01 * askedSeconds;
