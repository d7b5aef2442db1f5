import { frontEnd, hertzToMel } from '../../models/features/log-mel.ts';

const lowest = hertzToMel(frontEnd.melLowest);
const highest = hertzToMel(frontEnd.melHighest);

/** Height of a frequency on the mel axis: 0 at 125 Hz, 1 at 7500 Hz. */
export const melHeight = (hertz: number): number => (hertzToMel(hertz) - lowest) / (highest - lowest);

/** A wide spectrogram is also a tall one, within what a screen has beside it. */
export const plotHeight = (width: number): number => Math.round(Math.min(440, Math.max(160, width * 0.2)));

export const frequencyTicks = [250, 500, 1000, 2000, 4000, 7000] as const;

/**
 * Round times inside a stretch, at most about `most` of them.
 * @returns seconds, and how many decimals tell them apart
 */
export function timeTicks(
  startS: number,
  seconds: number,
  most: number,
): { times: number[]; decimals: number } {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
  const step = steps.find((one) => seconds / one <= most) ?? steps[steps.length - 1]!;
  const times: number[] = [];
  for (let i = Math.max(0, Math.ceil(startS / step - 1e-9)); i * step <= startS + seconds + 1e-9; i++)
    times.push(i * step);
  return { times, decimals: step < 1 ? 1 : 0 };
}

/**
 * The range of values worth its colours: from the 5th to the 99.8th percentile, at least 3 (in ln units) wide,
 * so that near silence does not blaze.
 */
export function colourRange(values: Float32Array): { low: number; high: number } {
  const sample = Float32Array.from({ length: Math.min(values.length, 8192) }, (_, i) => {
    return values[Math.floor((i * values.length) / Math.min(values.length, 8192))]!;
  }).sort();
  if (sample.length === 0) return { low: 0, high: 1 };
  const low = sample[Math.floor(sample.length * 0.05)]!;
  const high = sample[Math.min(sample.length - 1, Math.floor(sample.length * 0.998))]!;
  return { low, high: Math.max(high, low + 3) };
}
