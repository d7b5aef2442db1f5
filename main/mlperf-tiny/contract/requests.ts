/** Benchmarks of MLPerf Tiny: their part of the contract. */
import * as v from 'valibot';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { jobId, path, text, whole } from '../../contract/schemas.ts';
import { powerModes } from '../../instruments/contract/captures.ts';
import type { Job } from '../../jobs/contract.ts';
import { inputTypes, type TinyDevice, type TinyRecord } from './results.ts';

const finite = v.pipe(v.number(), v.finite());
const device = {
  portId: path,
  /** The benchmark’s two are tried otherwise. */
  baudRate: v.optional(whole(1200, 12_000_000)),
};
const inputs = {
  ...device,
  /** Of inputs, with `y_labels.csv` among them where they are labelled. */
  folder: path,
};

export const tinyRequests = {
  /** What is at a port. */
  'tiny.identify': forOperators(v.strictObject(device)),
  'tiny.performance': forOperators(v.strictObject(inputs)),
  'tiny.accuracy': forOperators(
    v.strictObject({
      ...inputs,
      reference: v.optional(
        v.strictObject({
          path,
          output: v.nullable(text(200)),
          /** The model’s usual one otherwise. */
          type: v.optional(v.picklist(inputTypes)),
          scale: finite,
          offset: finite,
        }),
      ),
    }),
  ),
  'tiny.energy': forOperators(
    v.strictObject({
      ...inputs,
      /** Of the meter; the only one that is plugged in otherwise. */
      meterPortId: v.optional(path),
      meterMode: v.picklist(powerModes),
      millivolts: whole(800, 5000),
      /** Input of the meter that the device’s pin is wired to. */
      pin: whole(0, 7),
    }),
  ),
  /** All that was found. */
  'tiny.record': forViewers(jobId),
} as const;

export interface TinyResults {
  'tiny.identify': TinyDevice;
  'tiny.performance': Job;
  'tiny.accuracy': Job;
  'tiny.energy': Job;
  'tiny.record': TinyRecord;
}
