/** Classification of recordings: its part of the contract. */
import * as v from 'valibot';
import type { FilePiece } from '../../../contract/lab.ts';
import { pageLimit } from '../../../contract/pieces.ts';
import { forOperators, forViewers } from '../../../contract/roles.ts';
import { id, path, seconds, whole } from '../../../contract/schemas.ts';
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

const limit = whole(1, pageLimit);
const startS = seconds(Number.MAX_VALUE);

const afterDetection = v.strictObject({
  path,
  /** Of the detection; null after a file without any. */
  startS: v.nullable(startS),
});

/** Where a table of detections goes on, and what the rows before it come to. */
const tableFrom = v.strictObject({
  ...afterDetection.entries,
  /** Length of that file, and of all before it. */
  seconds: seconds(Number.MAX_VALUE),
  secondsBefore: seconds(Number.MAX_VALUE),
  selections: whole(0, Number.MAX_SAFE_INTEGER),
});
export type TableFrom = v.InferOutput<typeof tableFrom>;

export const classifyRequests = {
  /** Files and folders (searched recursively) with the expert; a job. */
  'classify.start': forOperators(
    v.strictObject({
      paths: v.pipe(v.array(path), v.minLength(1), v.maxLength(10_000)),
      expertId: id,
    }),
  ),
  /** As they were classified; the first, or the first after a file that is given by its path. */
  'classify.files': forViewers(v.strictObject({ jobId: id, after: v.optional(path), limit })),
  /** In the order of the files, then of time; of one file with `path`; the first, or the first after one that is given. */
  'classify.detections': forViewers(
    v.strictObject({
      jobId: id,
      path: v.optional(path),
      after: v.optional(v.strictObject({ path, startS })),
      limit,
    }),
  ),
  'classify.export': forViewers(
    v.strictObject({ jobId: id, format: v.picklist(['csv', 'raven']), from: v.optional(tableFrom) }),
  ),
} as const;

export interface ClassifyResults {
  'classify.start': Job;
  'classify.files': ClassifiedFile[];
  'classify.detections': Detection[];
  'classify.export': FilePiece<TableFrom>;
}
