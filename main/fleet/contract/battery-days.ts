/**
 * How long a board runs on a battery: energy an inference times inferences a day, what it draws between them while it
 * listens and while it does not, what the regulator takes, and what the battery loses by itself.
 */
import type { BatteryDays, BatterySetting, Cell, DayLoad } from './battery.ts';
import type { Board } from './boards.ts';
import type { BoardOverview } from './overview.ts';

/**
 * Usual batteries. Capacities are the makers' nominal ones at small currents and 20 °C; the usable share is what is left of
 * them for cold nights, for the voltage at which a board's supply fails, and for age: an assumption, to be replaced by one's
 * own values where those are known.
 */
export const usualCells: readonly (Cell & { source: string })[] = [
  {
    ...{ name: '3 × AA alkaline', volts: 3.75, milliampHours: 2850, usableShare: 0.7, lossPerYear: 0.03 },
    source:
      'LR6, about 2,850 mAh to 0.8 V a cell at 25 mA; 1.25 V a cell on the mean; little is left of it below 0 °C',
  },
  {
    ...{ name: '3 × AA lithium', volts: 4.35, milliampHours: 3000, usableShare: 0.9, lossPerYear: 0.01 },
    source: 'FR6 (Li/FeS₂), 3,000 mAh nominal, 1.45 V a cell on the mean; works to −40 °C',
  },
  {
    ...{ name: '3 × D alkaline', volts: 3.75, milliampHours: 15_000, usableShare: 0.7, lossPerYear: 0.03 },
    source: 'LR20, about 15,000 mAh to 0.8 V a cell at small currents',
  },
  {
    ...{ name: '18650 Li-ion', volts: 3.6, milliampHours: 3000, usableShare: 0.8, lossPerYear: 0.2 },
    source: '3,000 mAh and 3.6 V nominal; self-discharge, protection included, about 2 % a month',
  },
  {
    ...{ name: '26650 LiFePO4', volts: 3.2, milliampHours: 3300, usableShare: 0.85, lossPerYear: 0.2 },
    source: '3,300 mAh and 3.2 V nominal; self-discharge about 2 % a month',
  },
  {
    ...{ name: 'LiSOCl2 AA', volts: 3.6, milliampHours: 2600, usableShare: 0.8, lossPerYear: 0.01 },
    source: 'ER14505, 2,600 mAh at 2 mA and 3.6 V nominal; less than 1 % a year',
  },
  {
    ...{ name: 'LiSOCl2 D', volts: 3.6, milliampHours: 17_000, usableShare: 0.8, lossPerYear: 0.01 },
    source: 'ER34615, 17,000 mAh at 5 mA and 3.6 V nominal; less than 1 % a year',
  },
];

/** Of what the battery gives, what reaches the board: a switching regulator at the small loads of a sensor. An assumption. */
export const regulatorShare = 0.85;

const daySeconds = 86_400;
const yearDays = 365.25;

/** @param load of a day, none of it below 0 */
export function batteryDays(load: DayLoad, cell: Cell): BatteryDays {
  const { volts, milliampHours, usableShare, lossPerYear } = cell;
  const usable = volts * (milliampHours / 1000) * 3600 * usableShare;
  const computing = Math.min(daySeconds, load.inferences * load.latency);
  const listening = Math.max(0, daySeconds * load.listening - computing);
  const asleep = Math.max(0, daySeconds - computing - listening);
  const inferences = load.inferences * load.energy;
  const idle = listening * load.idle.listening + asleep * load.idle.asleep;
  // Of what it holds at first: what it has lost more slowly later on is left out, on the safe side.
  const lost = (usable * lossPerYear) / yearDays;
  const days = usable / ((inferences + idle) / regulatorShare + lost);
  return { days, inferences, idle, lost, energySource: load.energySource };
}

const hourMs = 3_600_000;
const windowRate = 16_000;

/**
 * What a board does in a day: as its records of the last hours and its settings have it.
 * @param did over the last `hours`
 * @returns why it cannot be told, a sentence, where it cannot
 */
export function dayLoad(
  board: Pick<Board, 'settings' | 'continuous' | 'profile'>,
  did: BoardOverview | null,
  { idle }: Pick<BatterySetting, 'idle'>,
  hours: number,
  nowMs: number,
): DayLoad | string {
  const idlePower = Object.hasOwn(idle, board.profile) ? idle[board.profile] : undefined;
  if (!idlePower)
    return `What a board of the profile ${board.profile || '(none)'} draws when idle is not known.`;
  const listening = listeningShare(board, did);
  if (!did) {
    if (listening > 0) return 'It listens, but recorded nothing in this time.';
    return { inferences: 0, energy: 0, energySource: 'none', latency: 0, listening, idle: idlePower };
  }
  if (!did.energyNanojoule || !did.latencyUs) return 'It tells no energy of its inferences.';
  const recorded = Math.max(1, Math.min(hours, (nowMs - did.firstMs) / hourMs));
  return {
    inferences: Math.max((did.records * 24) / recorded, unrecorded(board, listening)),
    energy: did.energyNanojoule.mean / 1e9,
    energySource: did.energySource,
    latency: did.latencyUs.p50 / 1e6,
    listening,
    idle: idlePower,
  };
}

/** Of the day in which a board listens, as it is set; one that nobody told to listen does not, its recordings were played. */
function listeningShare(
  { settings, continuous }: Pick<Board, 'settings' | 'continuous'>,
  did: BoardOverview | null,
): number {
  // Without settings nobody knows: whoever records, listens, and always.
  if (!settings) return continuous || did ? 1 : 0;
  if (!continuous && !settings.autoStart) return 0;
  return settings.listenS > 0 && settings.periodS > 0 ? settings.listenS / settings.periodS : 1;
}

/** Inferences a day of a board that keeps fewer records than it makes, as it is set; else 0. */
function unrecorded({ settings }: Pick<Board, 'settings'>, listening: number): number {
  if (!settings) return 0;
  const everyS = settings.hopSamples / windowRate;
  return settings.telemetryIntervalMs > 1000 * everyS ? (daySeconds * listening) / everyS : 0;
}

export const cellOf = ({ cell, own }: Pick<BatterySetting, 'cell' | 'own'>, boardId: string): Cell =>
  own.find((one) => one.boardId === boardId)?.cell ?? cell;
