/** Captures of current and digital inputs: their part of the contract. Amperes, samples of a capture counted from 0. */
import * as v from 'valibot';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { id, none, path, text, whole } from '../../contract/schemas.ts';
import type { Job } from '../../jobs/contract.ts';
import type { EnergyResult } from './energy.ts';

/** An instrument that measures currents, plugged in. */
export interface PowerDevice {
  portId: string;
  name: string;
  serial: string;
}

export const captureStates = ['recording', 'ended', 'cut'] as const;

/** `cut`: the lab died meanwhile; what had been written is there. */
export type CaptureState = (typeof captureStates)[number];

export const powerModes = ['ampere', 'source'] as const;
export type PowerMode = (typeof powerModes)[number];

/** What begins a capture: the current crosses a level, or an input changes. */
export interface Trigger {
  on: 'above' | 'below' | 'high' | 'low';
  /** A, of `above` and `below`. */
  level: number;
  /** 0 to 7, of `high` and `low`. */
  pin: number;
}

export interface Capture {
  id: string;
  name: string;
  state: CaptureState;
  /** When its first sample came, or the file said; null where nobody knows. */
  startedMs: number | null;
  /** When it came into the lab. */
  createdMs: number;
  samplesPerSecond: number;
  /** Lost ones among them. */
  samples: number;
  lost: number;
  /** Of those that are lost how many only time told of, whole turns of the kit’s counter: known to two or three seconds. */
  lostByTime: number;
  /** Behind each of them: what was lost lies within three seconds before it. */
  lateLosses: number[];
  /** Bytes that were no sample. */
  discardedBytes: number;
  rangeChanges: number;
  /** A, of all samples; null of none. */
  least: number | null;
  mean: number | null;
  most: number | null;
  /** Of the supply; null where nobody told. */
  millivolts: number | null;
  /** How the kit was used; null for one that was read from a file. */
  mode: PowerMode | null;
  /** The instrument’s port and serial number, or the file it was read from. */
  from: string;
  /** Constants of the instrument’s calibration that it has none of, as `r3`: usual ones stood in. */
  uncalibrated: string[];
  trigger: (Trigger & { atSample: number }) | null;
  /** Why it ended before it was meant to; null where it did not. */
  problem: string | null;
  bytes: number;
}

/** Stretches of a capture; null where all of one was lost. */
export interface Envelope {
  fromSample: number;
  everySamples: number;
  /** Of the capture, so far. */
  samples: number;
  min: (number | null)[];
  mean: (number | null)[];
  max: (number | null)[];
  lost: number[];
  /** Inputs that were high once, and always: bit 0 for input 0. */
  ever: number[];
  always: number[];
}

export const mostStretches = 4000;
export const captureFormats = ['csv', 'parquet', 'ppk2'] as const;
export type CaptureFormat = (typeof captureFormats)[number];

const millivolts = whole(800, 5000);
const captureId = v.strictObject({ captureId: id });
const sample = whole(0, Number.MAX_SAFE_INTEGER);
const stretch = { from: v.optional(sample), to: v.optional(sample) };
const pin = whole(0, 7);
const duration = v.pipe(v.number(), v.gtValue(0), v.maxValue(30 * 86_400));
const trigger = v.strictObject({
  on: v.picklist(['above', 'below', 'high', 'low']),
  level: v.pipe(v.number(), v.finite()),
  pin,
  /** Kept from before it. */
  beforeS: v.pipe(v.number(), v.minValue(0), v.maxValue(60)),
});

export const captureRequests = {
  'power.devices': forViewers(none),
  /** What is at a port, and whether the board behind it has its supply. */
  'power.switch': forOperators(
    v.strictObject({ portId: path, on: v.boolean(), mode: v.picklist(powerModes), millivolts }),
  ),
  'power.record': forOperators(
    v.strictObject({
      /** The only one that is plugged in otherwise. */
      portId: v.optional(path),
      name: text(200),
      mode: v.picklist(powerModes),
      millivolts,
      /** Until it is finished otherwise; after a trigger, from there on. */
      seconds: v.optional(duration),
      trigger: v.optional(trigger),
    }),
  ),
  /** Ends it as it was meant to end. */
  'power.finish': forOperators(v.strictObject({ jobId: id })),
  /** Newest first. */
  'power.captures': forViewers(none),
  'power.capture': forViewers(captureId),
  'power.envelope': forViewers(
    v.strictObject({ captureId: id, ...stretch, points: whole(1, mostStretches) }),
  ),
  'power.energy': forViewers(
    v.strictObject({
      ...{ captureId: id, ...stretch },
      /** In place of what the capture has. */
      millivolts: v.optional(whole(1, 60_000)),
      pin: v.optional(pin),
      stages: v.optional(v.pipe(v.array(v.strictObject({ name: text(60), pin })), v.maxLength(8))),
    }),
  ),
  'power.rename': forOperators(v.strictObject({ captureId: id, name: text(200) })),
  'power.delete': forOperators(captureId),
  'power.export': forOperators(
    v.strictObject({
      ...{ captureId: id, ...stretch, path, format: v.picklist(captureFormats) },
      overwrite: v.optional(v.boolean()),
    }),
  ),
  'power.import': forOperators(
    v.strictObject({ path, name: v.optional(text(200)), millivolts: v.optional(whole(1, 60_000)) }),
  ),
  /** A new capture of a stretch of one; that one stays. */
  'power.trim': forOperators(
    v.strictObject({ captureId: id, from: sample, to: sample, name: v.optional(text(200)) }),
  ),
} as const;

export interface CaptureResults {
  'power.devices': { devices: PowerDevice[]; problem: string | null };
  'power.switch': null;
  'power.record': Job;
  'power.finish': Job;
  'power.captures': Capture[];
  'power.capture': Capture;
  'power.envelope': Envelope;
  'power.energy': EnergyResult;
  'power.rename': Capture;
  'power.delete': null;
  'power.export': Job;
  'power.import': Job;
  'power.trim': Job;
}

export interface CaptureEvents {
  /** The list has changed. */
  captures: null;
  /** As far as it is by now. */
  capture: Capture;
}
