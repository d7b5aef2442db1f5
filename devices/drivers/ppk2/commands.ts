/** What a Power Profiler Kit 2 is told, a byte and its arguments each. It answers none of them but `metadata`. */
import { CurlewError } from '../../../main/contract/error.ts';

/** `ampere`: it measures what another supply gives; `source`: it is the supply. */
export const ppk2Modes = ['ampere', 'source'] as const;
export type Ppk2Mode = (typeof ppk2Modes)[number];

/** What its regulator gives, mV. */
export const leastMillivolts = 800;
export const mostMillivolts = 5000;

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

export const command = {
  start: bytes(0x06),
  stop: bytes(0x07),
  metadata: bytes(0x19),
  /** Whether the device that is measured is connected to the supply. */
  power: (on: boolean): Uint8Array => bytes(0x0c, on ? 1 : 0),
  mode: (mode: Ppk2Mode): Uint8Array => bytes(0x11, mode === 'ampere' ? 1 : 2),
  /** @throws CurlewError REQUEST_INVALID for what the regulator cannot give */
  regulator(millivolts: number): Uint8Array {
    if (!Number.isInteger(millivolts) || millivolts < leastMillivolts || millivolts > mostMillivolts) {
      throw new CurlewError(
        'REQUEST_INVALID',
        `A Power Profiler Kit 2 supplies ${leastMillivolts} to ${mostMillivolts} mV, not ${millivolts}.`,
        { millivolts },
      );
    }
    return bytes(0x0d, millivolts >> 8, millivolts & 0xff);
  },
} as const;
