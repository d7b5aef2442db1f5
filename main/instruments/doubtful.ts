/** Where in a capture samples are missing of which nobody knows where: before each loss that time told. */
import { foundWithinMs } from '../../devices/drivers/ppk2/sample-clock.ts';
import type { Capture } from './contract/captures.ts';
import type { Mark } from './marks.ts';

export const doubtfulOf = ({ lateLosses, samplesPerSecond }: Capture): Mark[] =>
  lateLosses.map((to) => ({ from: Math.max(0, to - (foundWithinMs / 1000) * samplesPerSecond), to }));
