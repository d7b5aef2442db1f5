/** How a capture is taken, to the thread that does it. Plain data. */
import type { RangeCalibration } from '../../devices/drivers/ppk2/metadata.ts';
import type { Capture, Trigger } from './contract/captures.ts';

export interface CaptureSpec {
  folder: string;
  calibration: readonly RangeCalibration[];
  volts: number;
  trigger: Trigger | null;
  /** Samples kept from before the trigger. */
  before: number;
  /** Samples, from the trigger on where there is one; null: until it is ended. */
  samples: number | null;
}

/** As far as it is. */
export interface CaptureProgress extends Pick<
  Capture,
  | 'samples'
  | 'lost'
  | 'lostByTime'
  | 'lateLosses'
  | 'discardedBytes'
  | 'rangeChanges'
  | 'least'
  | 'mean'
  | 'most'
> {
  /** Bytes that were taken in: what was sent and is not among them waits. */
  taken: number;
  /** Null while it waits for its trigger, or has none. */
  triggerSample: number | null;
  /** All samples that were wanted are there. */
  done: boolean;
}
