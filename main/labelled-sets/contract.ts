/** Labelled sets that are made of what a run detected: their part of the contract. */
import * as v from 'valibot';
import { forOperators } from '../contract/roles.ts';
import { id, path, text, whole } from '../contract/schemas.ts';
import { detectionFilter } from '../detections/contract/filter.ts';

/** At most so many clips are cut for one set. */
export const mostClips = 10_000;

/** A class of the run: what the set calls it, and from which peak probability on it is taken. */
const setClass = v.strictObject({
  label: text(200),
  /** Null: it is left out. */
  as: v.nullable(v.pipe(text(200), v.trim(), v.minLength(1))),
  least: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0),
});
export type SetClass = v.InferOutput<typeof setClass>;

export const labelledSetRequests = {
  /**
   * Cuts what a run detected, as its model labelled it and nobody reviewed it, into a folder a class, with labels.csv:
   * the best window of each detection, its class, the recording it was cut from (its source), offset, probability, and
   * the model that says so with its hash. Most probable first; a window that lies over one that was taken is left out,
   * since it would be there twice, or with two labels. What people decided is left to `reviews.labelledSet`. Nothing is
   * replaced unless `overwrite` says so, recordings never.
   */
  'detections.labelledSet': forOperators(
    v.strictObject({
      jobId: id,
      filter: v.optional(detectionFilter, {}),
      /** Those that are called otherwise, left out, or taken from a probability on; all others keep their names. */
      classes: v.optional(v.pipe(v.array(setClass), v.maxLength(10_000)), []),
      /** Of each class of the set. */
      most: v.optional(whole(1, mostClips), 200),
      /** Of the folder. */
      path,
      /** A labelled set of which the clips are copied into this one, with their sources and, where it has some, its folds. */
      beside: v.optional(path),
      overwrite: v.optional(v.boolean(), false),
    }),
  ),
} as const;

export interface LabelledSet {
  path: string;
  /** By name, those of the other set among them. */
  classes: { label: string; clips: number }[];
  /** Cut, and copied from the other set. */
  cut: number;
  copied: number;
  /** Reviewed ones of no class, or of several as often; of a model's, those that lie over one that was taken. */
  leftOut: number;
  /** Recordings of which a clip was to be cut and could not. */
  failed: { path: string; message: string }[];
}

export interface LabelledSetResults {
  'detections.labelledSet': LabelledSet;
}
