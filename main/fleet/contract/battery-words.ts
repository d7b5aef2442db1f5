/** How long batteries last, in words. */
import { count, energy, grouped, inOne, percent } from '../../contract/figures.ts';
import type { BatteryDays, Cell } from './battery.ts';

/** Beyond that it is the battery's shelf that ends it, not the board. */
const mostDays = 3650;

/** “41 days”, “over 10 years”. */
export function daysText({ days }: Pick<BatteryDays, 'days'>): string {
  if (days >= mostDays) return 'over 10 years';
  return days < 10 ? `${days.toFixed(1)} days` : count(Math.round(days), 'day');
}

const joules = (value: number): string => inOne(energy(value * 1e9));

/** A sentence. */
export function batteryText(told: BatteryDays, cell: Cell): string {
  const { inferences, idle, lost, energySource } = told;
  return (
    `${daysText(told)} on ${cell.name} (${grouped(cell.milliampHours)} mAh, ${cell.volts} V, ${percent(cell.usableShare, 0)} usable), modelled: ` +
    `${joules(inferences)} a day for inferences (${energySource}), ${joules(idle)} between them (modelled), ` +
    `${joules(lost)} that it loses by itself. The processor alone: no microphone or radio.`
  );
}
