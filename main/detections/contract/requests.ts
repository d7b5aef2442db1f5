/** Detections looked at and written out: their part of the contract. */
import * as v from 'valibot';
import type { FilePiece } from '../../contract/lab.ts';
import { pageLimit } from '../../contract/pieces.ts';
import { forViewers } from '../../contract/roles.ts';
import { id, seconds, text, whole } from '../../contract/schemas.ts';
import { detectionFilter, detectionSort } from './filter.ts';
import {
  timelineDays,
  type DetectionPage,
  type DetectionSummary,
  type ShownWindow,
  type TimelineDay,
} from './rows.ts';

const fileId = whole(0, 0xffff_ffff);
const ofRun = { jobId: id, filter: v.optional(detectionFilter, {}) };

/** Where a table of detections goes on, and what the rows before it come to. */
const tableFrom = v.strictObject({
  fileId,
  /** Of the detection; null after a file without any. */
  number: v.nullable(whole(0, 0xffff_ffff)),
  /** Length of that file, and of all before it. */
  seconds: seconds(Number.MAX_VALUE),
  secondsBefore: seconds(Number.MAX_VALUE),
  selections: whole(0, Number.MAX_SAFE_INTEGER),
});
export type TableFrom = v.InferOutput<typeof tableFrom>;

/** Tables that are text, and whole in one file. */
export const tableFormats = ['csv', 'json', 'raven', 'birdnet', 'kaleidoscope', 'audacity'] as const;
export type TableFormat = (typeof tableFormats)[number];

export const detectionRequests = {
  /** So many, from the `offset`-th on. */
  'detections.list': forViewers(
    v.strictObject({
      ...ofRun,
      sort: v.optional(detectionSort, { by: 'file' }),
      offset: v.optional(whole(0, Number.MAX_SAFE_INTEGER), 0),
      limit: whole(0, pageLimit),
    }),
  ),
  'detections.classes': forViewers(v.strictObject(ofRun)),
  /** Days with a recording in the order of time: the first, or the first after one. */
  'detections.timeline': forViewers(
    v.strictObject({
      ...ofRun,
      /** Rows from midnight to midnight, or from noon to noon. */
      by: v.picklist(['day', 'night']),
      after: v.optional(v.pipe(text(10), v.isoDate())),
      limit: v.optional(whole(1, timelineDays), timelineDays),
    }),
  ),
  /** Windows that were kept of a file and begin in a stretch, by beginning, channel; the first, or the first after one. */
  'detections.windows': forViewers(
    v.strictObject({
      jobId: id,
      fileId,
      fromS: v.optional(seconds(1e9)),
      toS: v.optional(seconds(1e9)),
      after: v.optional(v.strictObject({ window: fileId, channel: v.nullable(whole(0, 255)) })),
      limit: whole(1, pageLimit),
    }),
  ),
  /** A table, a piece at a time, in the order of files. An `audacity` one is of the file that the filter names. */
  'detections.export': forViewers(
    v.strictObject({ ...ofRun, format: v.picklist(tableFormats), from: v.optional(tableFrom) }),
  ),
  /** How the run was made, as it is written beside its tables, a piece at a time; `from`: the last input of the one before. */
  'detections.provenance': forViewers(v.strictObject({ jobId: id, from: v.optional(fileId) })),
} as const;

export interface DetectionResults {
  'detections.list': DetectionPage;
  'detections.classes': DetectionSummary;
  'detections.timeline': TimelineDay[];
  'detections.windows': ShownWindow[];
  'detections.export': FilePiece<TableFrom>;
  'detections.provenance': FilePiece<number>;
}
