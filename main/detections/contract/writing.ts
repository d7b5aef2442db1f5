/** Detections written by the lab itself, where a person says. */
import * as v from 'valibot';
import { forOperators } from '../../contract/roles.ts';
import { id, path, seconds, whole } from '../../contract/schemas.ts';
import { detectionFilter } from './filter.ts';
import { tableFormats } from './requests.ts';
import { clipFormats } from '../../recordings/contract.ts';

/** Into one file each; into a folder: one for each recording in which anything was detected, or clips of the detections. */
export const fileFormats = [...tableFormats, 'parquet'] as const;
export const folderFormats = ['ravenFiles', 'audacityFiles', 'clips'] as const;
export const writeFormats = [...fileFormats, ...folderFormats] as const;
export type WriteFormat = (typeof writeFormats)[number];

export const clipSettings = v.strictObject({
  /** Before and behind each detection. */
  marginS: v.optional(seconds(60), 1),
  /** At most so many of each class in each tenth of peak probability. */
  most: v.optional(whole(1, 100_000), 50),
  /** Of the draw, where there are more. */
  seed: v.optional(whole(0, 0x7fff_ffff), 1),
  format: v.optional(v.picklist(clipFormats), 'wav'),
});
export type ClipSettings = v.InferOutput<typeof clipSettings>;
export const usualClips: ClipSettings = v.parse(clipSettings, {});

export const writingRequests = {
  /**
   * Beside a file NAME stands NAME.run.json, in a folder run.json: how the run was made. Nothing is replaced unless
   * `overwrite` says so, recordings and what the lab reads or keeps never.
   */
  'detections.write': forOperators(
    v.strictObject({
      jobId: id,
      format: v.picklist(writeFormats),
      path,
      filter: v.optional(detectionFilter, {}),
      overwrite: v.optional(v.boolean(), false),
      clips: v.optional(clipSettings, {}),
    }),
  ),
} as const;

/** What was written. */
export interface WrittenDetections {
  path: string;
  /** Tables, label files or clips; without what tells of the run. */
  files: number;
  detections: number;
  /** Recordings of which a clip was to be cut and could not. */
  failed: { path: string; message: string }[];
}

export interface WritingResults {
  'detections.write': WrittenDetections;
}
