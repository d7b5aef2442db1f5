/** Detections decided by people, from a drawn sample of a run: their part of the contract. */
import * as v from 'valibot';
import { pageLimit } from '../../contract/pieces.ts';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { id, text, whole } from '../../contract/schemas.ts';
import { verdicts } from '../../detections/contract/filter.ts';
import {
  thresholdRules,
  type AppliedThresholds,
  type ReviewItem,
  type ReviewSet,
  type ReviewStatistics,
} from './rows.ts';

/** Of an item: they count from 1. */
const number = whole(1, 0xffff_ffff);
const reviewer = v.pipe(text(100), v.trim(), v.minLength(1));

/** Where bins of peak probability begin, but for the first, which begins at 0. */
const edges = v.pipe(
  v.array(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
  v.maxLength(9, 'There are ten bins of probability at most.'),
  v.check(
    (all) => all.every((edge, i) => i === 0 || edge > all[i - 1]!),
    'The edges of the bins of probability must rise.',
  ),
);
const precision = v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.9);
export const usualEdges: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

export const reviewRequests = {
  /** Draws a sample by class and bin of peak probability, without replacement: the same for the same seed. */
  'reviews.create': forOperators(
    v.strictObject({
      jobId: id,
      /** All that were detected where they are left out. */
      labels: v.optional(v.pipe(v.array(text(200)), v.minLength(1), v.maxLength(1000))),
      size: v.optional(whole(1, 10_000), 200),
      seed: v.optional(whole(0, 0x7fff_ffff), 1),
      edges: v.optional(edges, [...usualEdges]),
    }),
  ),
  /** Newest first: the first, or the first after one. */
  'reviews.list': forViewers(
    v.strictObject({ jobId: v.optional(id), after: v.optional(id), limit: whole(1, pageLimit) }),
  ),
  'reviews.get': forViewers(v.strictObject({ setId: id })),
  /** In the order in which they are to be decided. */
  'reviews.items': forViewers(
    v.strictObject({ setId: id, after: v.optional(number), limit: whole(1, pageLimit) }),
  ),
  /** Decided again: the new one stands, the one before is kept. */
  'reviews.decide': forOperators(
    v.pipe(
      v.strictObject({
        setId: id,
        number,
        reviewer,
        verdict: v.picklist(verdicts),
        /** What it is instead, where that is known. */
        label: v.optional(text(200)),
      }),
      v.check(
        ({ verdict, label }) => label === undefined || verdict === 'other',
        'Another class goes with the verdict “other” alone.',
      ),
    ),
  ),
  /** Takes back the reviewer's last decision in the set that stands; what they had decided before it stands again. */
  'reviews.undo': forOperators(v.strictObject({ setId: id, reviewer })),
  /** What the decisions that stand tell; `precision` is the wished one. */
  'reviews.statistics': forViewers(v.strictObject({ setId: id, precision })),
  /** Makes a threshold of each reviewed class, which `detections.*` then take as the filter `applied`; replaces the run's. */
  'reviews.apply': forOperators(
    v.strictObject({ setId: id, precision, rule: v.optional(v.picklist(thresholdRules), 'fit') }),
  ),
  'reviews.applied': forViewers(v.strictObject({ jobId: id })),
  /** Nothing is left out of the run any more. */
  'reviews.takeBack': forOperators(v.strictObject({ jobId: id })),
} as const;

export interface ReviewResults {
  'reviews.create': ReviewSet;
  'reviews.list': ReviewSet[];
  'reviews.get': ReviewSet;
  'reviews.items': ReviewItem[];
  'reviews.decide': ReviewItem;
  /** The item, as it stands now; null where nothing of theirs stood. */
  'reviews.undo': ReviewItem | null;
  'reviews.statistics': ReviewStatistics;
  'reviews.apply': AppliedThresholds;
  /** Null where none is. */
  'reviews.applied': AppliedThresholds | null;
  'reviews.takeBack': null;
}
