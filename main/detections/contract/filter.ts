/** Which detections of a run are meant, and in which order. */
import * as v from 'valibot';
import { text, whole } from '../../contract/schemas.ts';

/** What was decided of a detection: it is of its class, it is not, nobody can tell, it is of another one. */
export const verdicts = ['yes', 'no', 'unsure', 'other'] as const;
export type Verdict = (typeof verdicts)[number];

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const time = v.pipe(v.number(), v.finite());
const some = <S extends v.GenericSchema>(value: S) => v.optional(v.pipe(v.array(value), v.maxLength(10_000)));

/** All of what is named must hold; what is left out may be anything. */
export const detectionFilter = v.strictObject({
  labels: some(text(200)),
  /** Of `measure`, ends included. */
  least: v.optional(probability),
  most: v.optional(probability),
  /** The probability of the best window, or the mean of those at or above the run's least one. */
  measure: v.optional(v.picklist(['peak', 'mean']), 'peak'),
  /** It begins at or after the one, before the other, UTC; a file that does not tell its time is left out then. */
  fromMs: v.optional(time),
  toMs: v.optional(time),
  /** Null: of files without one. */
  sites: some(v.nullable(text(200))),
  experts: some(text(200)),
  fileId: v.optional(whole(0, 0xffff_ffff)),
  /** The file's path holds this, in capitals or not. */
  path: v.optional(text(4096)),
  /** What was decided last; `none`: nobody has. */
  reviewed: some(v.picklist([...verdicts, 'none'])),
  /** Only what the thresholds leave that a review has applied to the run; refused where none has. */
  applied: v.optional(v.literal(true)),
});
export type DetectionFilter = v.InferOutput<typeof detectionFilter>;
/** As a person may give it. */
export type DetectionFilterGiven = v.InferInput<typeof detectionFilter>;
export const allDetections: DetectionFilter = v.parse(detectionFilter, {});

/**
 * `time`: when it begins (those of files without a time last), `class`: its label, `file`: as the files were listed. What
 * is equal stands in the order of files, then of numbers in them.
 */
export const detectionSorts = ['time', 'peak', 'mean', 'class', 'file', 'curiosity'] as const;
export const detectionSort = v.strictObject({
  by: v.picklist(detectionSorts),
  descending: v.optional(v.boolean(), false),
});
export type DetectionSort = v.InferOutput<typeof detectionSort>;
