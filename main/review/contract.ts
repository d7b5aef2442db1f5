/** Detections decided by people, from a drawn sample of a run: their part of the contract. */
import * as v from 'valibot';
import { pageLimit } from '../contract/pieces.ts';
import { forOperators, forViewers } from '../contract/roles.ts';
import { id, text, whole } from '../contract/schemas.ts';
import { verdicts, type Verdict } from '../detections/contract/filter.ts';
import type { ListedDetection } from '../detections/contract/rows.ts';

const number = whole(0, 0xffff_ffff);
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
  'reviews.statistics': forViewers(
    v.strictObject({
      setId: id,
      precision: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.9),
    }),
  ),
} as const;

/** Detections of one class in one bin of peak probability: at or above `from`, below `to`; the last bin holds 1. */
export interface Stratum {
  label: string;
  from: number;
  to: number;
  /** How many the run has, and how many of these the set has. */
  population: number;
  drawn: number;
}

export interface ReviewSet {
  id: string;
  jobId: string;
  createdMs: number;
  seed: number;
  size: number;
  /** By class, then by probability; those without any detection are left out. */
  strata: Stratum[];
  /** By name: who has decided how many that stand. */
  reviewers: { reviewer: string; decided: number }[];
}

export interface ReviewDecision {
  reviewer: string;
  verdict: Verdict;
  /** With `other`, where it was told. */
  label: string | null;
  atMs: number;
}

export interface ReviewItem {
  /** In the set, from 0 on. */
  number: number;
  /** Place in the set's `strata`. */
  stratum: number;
  detection: Pick<
    ListedDetection,
    'fileId' | 'number' | 'path' | 'channel' | 'startS' | 'endS' | 'atMs' | 'label' | 'peak' | 'peakS'
  >;
  /** The last that stands of each reviewer, the newest last. */
  decisions: ReviewDecision[];
}

/** A number or a share, and its interval; the value is null where part of it is not known. */
export interface Estimated {
  value: number | null;
  low: number;
  high: number;
}

/** Detections of a class at or above a probability. Intervals are of 95 %. */
export interface ThresholdReview {
  from: number;
  /** How many the run has; of these how many were decided, and of these were true. */
  population: number;
  decided: number;
  right: number;
  /** Share of true ones in the sample as it is, Clopper–Pearson; null where nothing was decided. */
  sample: { share: number; low: number; high: number } | null;
  /** Of the run: each bin by its population, since a sample has as many of rare bins as of full ones. */
  precision: Estimated;
}

export interface ClassReview {
  label: string;
  /** In the set. */
  items: number;
  /** Of these, those found true or false, and those found true. */
  decided: number;
  right: number;
  /** Those that nobody can tell, or of which reviewers say as often that they are true as that they are not. */
  undecided: number;
  /** In the run. */
  population: number;
  /** How many of the run's are true. The value is null while a bin has nothing decided. */
  trueDetections: Estimated;
  /** At the lower edge of each bin that holds a detection, rising. */
  thresholds: ThresholdReview[];
  /** Log-odds of truth = intercept + slope · logit(peak); null while all decided are the same. */
  fit: {
    intercept: number;
    slope: number;
    /** A probability parts all true from all false ones: the line is hardly more than that. */
    separated: boolean;
    /** Peak at which a detection is true as often as wished; null where truth does not rise with it. */
    threshold: { threshold: number; low: number; high: number } | null;
  } | null;
  /** The least edge from which on the lower bound of the run's precision is at least the wished one. */
  heldFrom: number | null;
}

/** Cohen's kappa of two reviewers. */
export interface ReviewAgreement {
  reviewers: [string, string];
  /** Which both decided. */
  items: number;
  /** Share of these of which both say the same. */
  agreement: number;
  /** Null, as its bounds, where both say one and the same of everything. */
  kappa: number | null;
  low: number | null;
  high: number | null;
}

export interface ReviewStatistics {
  /** The wished one. */
  precision: number;
  /** In the order of the set's strata. */
  classes: ClassReview[];
  /** Of every two who decided the same items; verdicts as they are. */
  agreement: ReviewAgreement[];
}

export interface ReviewResults {
  'reviews.create': ReviewSet;
  'reviews.list': ReviewSet[];
  'reviews.items': ReviewItem[];
  'reviews.decide': ReviewItem;
  /** The item, as it stands now; null where nothing of theirs stood. */
  'reviews.undo': ReviewItem | null;
  'reviews.statistics': ReviewStatistics;
}
