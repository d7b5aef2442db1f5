/** From what the converter read to amperes, and what is told in place of samples right after a range was changed. */
import { ranges, type RangeCalibration } from './metadata.ts';

/** Volts of one quarter of a step of the converter: a reference of 1.8 V. */
const voltsPerStep = 1.8 / 163_840;

/** @returns amperes */
export function currentOf(adc: number, { r, gs, gi, o, s, i, ug }: RangeCalibration, volts: number): number {
  const a = ((4 * adc - o) * voltsPerStep) / r;
  return ug * (a * (gs * a + gi) + s * volts + i);
}

/** The most that the ADC's field of a sample holds, and one more. */
export const adcSteps = 1 << 14;

/** Every current that there can be, by range and by what the converter read: 640 kB that make decoding a look-up. */
export function currentTable(calibration: readonly RangeCalibration[], volts: number): Float64Array {
  const table = new Float64Array(ranges * adcSteps);
  for (let range = 0; range < ranges; range++) {
    for (let adc = 0; adc < adcSteps; adc++)
      table[range * adcSteps + adc] = currentOf(adc, calibration[range]!, volts);
  }
  return table;
}

/** Samples after a change of range that a spike may be in. */
const spikeSamples = 3;
const weight = 0.18;
/** In the range of the largest currents. */
const weightOfLargest = 0.06;

/** Tells, in place of the first samples after a change of range, exponential averages over all samples so far. */
export class SpikeFilter {
  private range = -1;
  private left = 0;
  private average = 0;
  private averageOfLargest = 0;
  /** How often the range was changed. */
  changes = 0;

  take(current: number, range: number): number {
    if (this.range < 0) {
      this.range = range;
      this.average = this.averageOfLargest = current;
      return current;
    }
    this.average += weight * (current - this.average);
    this.averageOfLargest += weightOfLargest * (current - this.averageOfLargest);
    if (range !== this.range) {
      this.range = range;
      this.left = spikeSamples;
      this.changes++;
    }
    if (this.left === 0) return current;
    this.left--;
    return range === ranges - 1 ? this.averageOfLargest : this.average;
  }
}
