/** Envelopes of one or two captures as columns of one chart. */
import type uPlot from 'uplot';
import type { Envelope } from '../../../main/contract/types.ts';

export interface Drawn {
  envelope: Envelope;
  samplesPerSecond: number;
  /** How much later it is drawn than it began, s. */
  shiftS: number;
}

/** Seconds, and of each capture its least, most and mean, A; where all of a stretch was lost, nothing is drawn. */
export function powerColumns(drawn: readonly Drawn[]): uPlot.AlignedData {
  const times = [...new Set(drawn.flatMap((one) => timesOf(one)))].sort((a, b) => a - b);
  const placeOf = new Map(times.map((time, at) => [time, at]));
  const columns = drawn.flatMap((one) => {
    const { min, max, mean } = one.envelope;
    // What is undefined is another capture's time; what is null was lost, and breaks the line.
    const empty = () => Array.from<number | null | undefined>({ length: times.length });
    const [low, high, middle] = [empty(), empty(), empty()];
    for (const [at, time] of timesOf(one).entries()) {
      const place = placeOf.get(time)!;
      low[place] = min[at];
      high[place] = max[at];
      middle[place] = mean[at];
    }
    return [low, high, middle];
  });
  return [times, ...columns] as uPlot.AlignedData;
}

/** In the midst of each stretch. */
const timesOf = ({ envelope, samplesPerSecond, shiftS }: Drawn): number[] =>
  envelope.mean.map(
    (_mean, at) => shiftS + (envelope.fromSample + (at + 0.5) * envelope.everySamples) / samplesPerSecond,
  );

/** Amperes of all that is drawn; null where there is nothing. */
export function extremes({ min, max }: Envelope): { least: number; most: number } | null {
  const least = Math.min(...min.map((one) => one ?? Infinity));
  const most = Math.max(...max.map((one) => one ?? -Infinity));
  return least > most ? null : { least, most };
}
