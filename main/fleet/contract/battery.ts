/** Which cells boards run on, and how long those last: the fleet's part of the contract. */
import * as v from 'valibot';
import type { Source } from '../../contract/lab.ts';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { id, none, text } from '../../contract/schemas.ts';

/** A battery, whole: of three cells in series the sum of their voltages. */
export interface Cell {
  name: string;
  /** Mean over its discharge. */
  volts: number;
  milliampHours: number;
  /** Of that charge, what a board in the field gets before its supply fails, 0 to 1: cold, cut-off, age. */
  usableShare: number;
  /** Lost by itself in a year, 0 to 1. */
  lossPerYear: number;
}

/** What a board draws between inferences, of its profile. */
export interface IdlePower {
  /** Watts while it listens, the processor asleep and its clocks running; and where it does not listen. */
  listening: number;
  asleep: number;
  /** Where the figures come from. */
  source: string;
}

export interface BatterySetting {
  /** Of all boards that have none of their own. */
  cell: Cell;
  own: { boardId: string; cell: Cell }[];
  /** By the name of the profile; what is not known is not there. */
  idle: Record<string, IdlePower>;
}

/** What a board does in a day. */
export interface DayLoad {
  inferences: number;
  /** Joules each, and where that comes from. */
  energy: number;
  energySource: Source;
  /** Seconds each. */
  latency: number;
  /** Of the day, 0 to 1. */
  listening: number;
  idle: IdlePower;
}

/** How long a battery lasts. What a board draws between inferences is modelled, and so is this. */
export interface BatteryDays {
  days: number;
  /** Joules a day that the board takes, for inferences and between them, and that the battery loses by itself. */
  inferences: number;
  idle: number;
  lost: number;
  /** Of the inferences' energy. */
  energySource: Source;
}

const positive = (most: number) => v.pipe(v.number(), v.gtValue(0), v.maxValue(most));
const cell = v.strictObject({
  name: text(60),
  volts: positive(60),
  milliampHours: positive(10_000_000),
  usableShare: positive(1),
  lossPerYear: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
});

export const batteryRequests = {
  'battery.setting': forViewers(none),
  /** Of a board, or of all that have none of their own (`boardId` null); `cell` null: as all others. */
  'battery.choose': forOperators(
    v.variant('boardId', [
      v.strictObject({ boardId: id, cell: v.nullable(cell) }),
      v.strictObject({ boardId: v.null(), cell }),
    ]),
  ),
} as const;

export interface BatteryResults {
  'battery.setting': BatterySetting;
  'battery.choose': BatterySetting;
}
