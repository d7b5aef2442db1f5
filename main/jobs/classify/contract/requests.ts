/** Classification of recordings: its part of the contract. */
import * as v from 'valibot';
import type { ExportFile } from '../../../contract/lab.ts';
import { forOperators, forViewers } from '../../../contract/roles.ts';
import { id, jobId, path } from '../../../contract/schemas.ts';
import type { Job } from '../../contract.ts';

/** One classified file of a job. */
export interface ClassifiedFile {
  jobId: string;
  path: string;
  seconds: number;
  sampleRate: number;
  channels: number;
  windows: number;
  /** From the mean of the windows' probabilities. */
  classIndex: number;
  label: string;
  probability: number;
  /** What is wrong with a recording that was classified as far as it goes, in a sentence; null for a sound one. */
  damage: string | null;
}

/** A run of neighbouring windows with the same top class. */
export interface Detection {
  jobId: string;
  path: string;
  startS: number;
  endS: number;
  label: string;
  /** Mean top probability over the run. */
  confidence: number;
}

export const classifyRequests = {
  /** Files and folders (searched recursively) with the expert; a job. */
  'classify.start': forOperators(
    v.strictObject({
      paths: v.pipe(v.array(path), v.minLength(1), v.maxLength(10_000)),
      expertId: id,
    }),
  ),
  'classify.files': forViewers(jobId),
  'classify.detections': forViewers(v.strictObject({ jobId: id, path: v.optional(path) })),
  'classify.export': forViewers(v.strictObject({ jobId: id, format: v.picklist(['csv', 'raven']) })),
} as const;

export interface ClassifyResults {
  'classify.start': Job;
  'classify.files': ClassifiedFile[];
  'classify.detections': Detection[];
  'classify.export': ExportFile;
}
