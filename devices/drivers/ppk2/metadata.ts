/** What a Power Profiler Kit 2 says of itself: its calibration, a constant of each kind for each of its five ranges. */
import { CurlewError } from '../../../main/contract/error.ts';

export const ranges = 5;

/** The shunt of a range, Ω, where the device has no value of its own. */
const usualShunts = [1031.64, 101.65, 10.15, 0.94, 0.043] as const;

/** Constants of one range; see `currentOf`. */
export interface RangeCalibration {
  /** Shunt, Ω. */
  r: number;
  gs: number;
  gi: number;
  /** Offset, a quarter of an ADC step. */
  o: number;
  s: number;
  i: number;
  /** What a person set. */
  ug: number;
}

export interface Metadata {
  calibration: readonly RangeCalibration[];
  /** Of the regulator, or as it was told of the supply, mV; null where it does not say. */
  vddMillivolts: number | null;
  mode: number | null;
  /** Constants for which it has no value, as `r3`: the usual one stands there. */
  absent: readonly string[];
}

/** What is neutral: amperes by Ohm’s law alone, where the device says nothing else. */
const usual = (range: number): RangeCalibration => ({
  ...{ r: usualShunts[range]!, gs: 0, gi: 1, o: 0, s: 0, i: 0, ug: 1 },
});
const constants = Object.keys(usual(0)) as (keyof RangeCalibration)[];
const names = constants.flatMap((name) =>
  Array.from({ length: ranges }, (_, range) => ({ name, range, key: `${name}${range}` })),
);

/**
 * @param text lines `key: value`, with or without the END behind them
 * @param where the port, for messages
 * @throws CurlewError BOARD_BAD_REPLY, naming what is missing or is no number
 */
export function parseMetadata(text: string, where: string): Metadata {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^([^:]+): *(.*?) *$/.exec(line) ?? [];
    if (key !== undefined) values.set(key.trim().toLowerCase(), value!);
  }
  const missing = names.filter(({ key }) => !values.has(key)).map(({ key }) => key);
  if (missing.length > 0) {
    throw new CurlewError(
      'BOARD_BAD_REPLY',
      `The Power Profiler Kit at ${where} told its calibration in part: ${few(missing)} missing. ` +
        `Unplug it, plug it in again and try once more.`,
      { port: where, missing },
    );
  }
  const absent: string[] = [];
  const calibration = Array.from({ length: ranges }, (_, range) => usual(range));
  for (const { name, range, key } of names) {
    const value = numberAt(values, key, where);
    // A shunt of 0 Ω would make every current infinite.
    if (value === null || (name === 'r' && value === 0)) absent.push(key);
    else calibration[range]![name] = value;
  }
  return {
    ...{ calibration, absent },
    vddMillivolts: values.has('vdd') ? numberAt(values, 'vdd', where) : null,
    mode: values.has('mode') ? numberAt(values, 'mode', where) : null,
  };
}

/** @returns null for `nan` of either sign, which stands for no value; a genuine 0 is one */
function numberAt(values: ReadonlyMap<string, string>, key: string, where: string): number | null {
  const text = values.get(key)!;
  if (/^[+-]?nan$/i.test(text)) return null;
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
  throw new CurlewError(
    'BOARD_BAD_REPLY',
    `The Power Profiler Kit at ${where} says “${key}: ${text.slice(0, 40)}”, which is no number. ` +
      `Unplug it, plug it in again and try once more.`,
    { port: where, key },
  );
}

const few = (missing: readonly string[]): string =>
  missing.length > 3
    ? `${missing.slice(0, 3).join(', ')} and ${missing.length - 3} more are`
    : `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'}`;
