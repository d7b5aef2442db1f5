/**
 * What measures a device’s energy. A Power Profiler Kit 2 is one (kit-meter.ts); another that sees the device’s pin and
 * tells joules, a board with an INA226 say, stands in by these two functions.
 */
import type { TinyEnergy } from './contract/results.ts';

export interface Metered {
  /** From edge to edge, by the meter’s clock. */
  seconds: number;
  energy: TinyEnergy;
}

export interface Meter {
  readonly name: string;
  readonly volts: number;
  /** Whether the device has its supply from it: then it must have it before it is spoken to. */
  supply(signal: AbortSignal): Promise<void>;
  /**
   * Measures while the work goes on, and tells what lies between the last two falling edges of the device’s pin.
   * @throws CurlewError BOARD_BAD_REPLY where there are no two; those of the work, and of the meter
   */
  measure(title: string, work: () => Promise<void>, signal: AbortSignal): Promise<Metered>;
  /** Lets go of what was measured for nothing. */
  discard(energy: TinyEnergy): Promise<void>;
}
