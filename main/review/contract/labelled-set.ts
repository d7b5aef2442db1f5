/** Reviewed detections as a labelled set that experts are trained on. */
import * as v from 'valibot';
import { forOperators } from '../../contract/roles.ts';
import { id, path, seconds, text } from '../../contract/schemas.ts';
import type { LabelledSet } from '../../labelled-sets/contract.ts';

export const reviewedSetRequests = {
  /**
   * Cuts what reviewers agree on into a folder a class, with labels.csv: the class, the recording it was cut from (its
   * source: folds are made by sources, so none is in two), offset and reviewers; run.json tells how it was made. Nothing is
   * replaced unless `overwrite` says so, recordings never.
   */
  'reviews.labelledSet': forOperators(
    v.strictObject({
      setId: id,
      /** Of the folder. */
      path,
      /** Before and behind each detection. */
      marginS: v.optional(seconds(60), 0.5),
      /** The class of what is none of the classes; without one it is left out. */
      background: v.optional(text(200)),
      /** A labelled set of which the clips are copied into this one, with their sources and, where it has some, its folds. */
      beside: v.optional(path),
      overwrite: v.optional(v.boolean(), false),
    }),
  ),
} as const;

export interface ReviewedSetResults {
  'reviews.labelledSet': LabelledSet;
}
