/** A run held against what a person marked. */
import * as v from 'valibot';
import { forOperators } from '../../contract/roles.ts';
import { id, path } from '../../contract/schemas.ts';

export const scoringRequests = {
  /** Tables of Raven, combined or of one recording each, and Audacity's labels; read anew each time. */
  'detections.score': forOperators(
    v.strictObject({
      jobId: id,
      paths: v.pipe(v.array(path), v.minLength(1), v.maxLength(1000)),
      /** The least share of the shorter of the two that a detection and a mark must have in common. */
      overlap: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(1)), 0.5),
      /** Which files were searched to their end: those that a table names, or all that were classified. */
      files: v.optional(v.picklist(['marked', 'all']), 'marked'),
    }),
  ),
} as const;

/** At one least peak probability. A share of nothing is null. */
export interface ScorePoint {
  threshold: number;
  detections: number;
  /** Detections with a mark of their own. */
  matched: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

export interface ClassScore {
  label: string;
  marks: number;
  /** By threshold, in hundredths, from the least at which the run kept anything. */
  curve: ScorePoint[];
}

export interface RunScore {
  /** How detections and marks were held against each other, in a sentence. */
  rule: string;
  overlap: number;
  /** Classified files that were scored, and those that no table names. */
  files: number;
  filesLeftOut: number;
  marks: number;
  /** By name: of detections and of marks. */
  classes: ClassScore[];
}

export interface ScoringResults {
  'detections.score': RunScore;
}
