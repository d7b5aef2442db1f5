/**
 * How long a battery lasts at what a capture measured: as it is, or with an inference so often and what it draws beside them
 * in between. The kit stood in the place of the battery, so that no regulator's loss is added. Its power is measured, its
 * battery is what somebody said of it: together that is modelled.
 */
import type { Cell } from '../../fleet/contract/battery.ts';
import type { EnergyResult } from './energy.ts';

export interface BatteryLife {
  source: 'modelled';
  /** Mean, W, and how far it may be off. */
  watts: number;
  wattsUncertainty: number;
  days: number;
  /** At the upper and the lower end of what the power may be. */
  leastDays: number;
  mostDays: number;
  /** Seconds from inference to inference; null: as the capture has it. */
  periodS: number | null;
  inferencesEach: number | null;
}

const daySeconds = 86_400;
const yearDays = 365.25;

/**
 * @param periodS from inference to inference; null: as the capture has it
 * @returns why it cannot be told, a sentence, where it cannot
 */
export function batteryLife(energy: EnergyResult, cell: Cell, periodS: number | null): BatteryLife | string {
  const power = periodS === null ? powerOfWhole(energy) : powerOfPeriod(energy, periodS);
  if (typeof power === 'string') return power;
  if (power.watts <= 0) return 'It draws nothing: a battery lasts as long as it lasts by itself.';
  const usable = cell.volts * (cell.milliampHours / 1000) * 3600 * cell.usableShare;
  const lost = (usable * cell.lossPerYear) / yearDays;
  const daysAt = (watts: number): number => usable / (Math.max(0, watts) * daySeconds + lost);
  const { watts, uncertainty, joules } = power;
  return {
    ...{ source: 'modelled', watts, wattsUncertainty: uncertainty, days: daysAt(watts), periodS },
    ...{ leastDays: daysAt(watts + uncertainty), mostDays: daysAt(watts - uncertainty) },
    inferencesEach: joules,
  };
}

interface Power {
  watts: number;
  uncertainty: number;
  /** An inference's. */
  joules: number | null;
}

/** Of the samples that came: what was lost took as much as they did. */
function powerOfWhole({ whole, marked, samplesPerSecond }: EnergyResult): Power | string {
  const seconds = whole.seconds - whole.lost / samplesPerSecond;
  if (seconds <= 0) return 'There is not one sample in it.';
  return {
    ...{ watts: whole.joules / seconds, uncertainty: (whole.uncertainty - whole.parts.lost) / seconds },
    joules: marked?.joules?.mean ?? null,
  };
}

function powerOfPeriod({ marked, whole }: EnergyResult, periodS: number): Power | string {
  if (!marked?.joules || !marked.seconds || marked.uncertainty === null)
    return 'No whole inference is marked in it: name the input that is high while one lasts.';
  if (marked.restWatts === null) return 'There is nothing between its inferences to tell what it draws then.';
  const { mean: joules } = marked.joules;
  const { mean: seconds } = marked.seconds;
  if (seconds > periodS) return `An inference takes ${seconds.toPrecision(3)} s, more than ${periodS} s.`;
  const idle = (marked.restWatts * (periodS - seconds)) / periodS;
  // Beside the marks it is as uncertain as over all of the capture, in proportion.
  const share = whole.joules === 0 ? 0 : Math.abs((whole.uncertainty - whole.parts.lost) / whole.joules);
  return { watts: joules / periodS + idle, uncertainty: marked.uncertainty / periodS + share * idle, joules };
}
