/** Windows of a run in a recording: where they lie, and how many there are. */
import { frontEnd, patchSamples } from '../../../models/features/log-mel.ts';
import type { ClassifySettings, Grid } from '../../contract/types.ts';

/** Of an expert or a router, which hear as boards do. */
export const expertGrid = (hopFrames: number): Grid => ({
  rate: frontEnd.sampleRate,
  windowSamples: patchSamples,
  hopSamples: hopFrames * frontEnd.frameHop,
});

/** Of a run, by what it was started with; a model of one's own brings its own. */
export const gridOf = ({
  grid,
  settings,
}: {
  grid?: Grid | undefined;
  settings: Pick<ClassifySettings, 'hopFrames'>;
}): Grid => grid ?? expertGrid(settings.hopFrames);

/** Seconds at which a window starts and ends. */
export const windowStart = (index: number, { hopSamples, rate }: Grid): number => (index * hopSamples) / rate;
export const windowEnd = (index: number, { hopSamples, windowSamples, rate }: Grid): number =>
  (index * hopSamples + windowSamples) / rate;

/** Whole windows in so many samples. */
export const windowsIn = (samples: number, { windowSamples, hopSamples }: Grid): number =>
  samples < windowSamples ? 0 : Math.floor((samples - windowSamples) / hopSamples) + 1;
