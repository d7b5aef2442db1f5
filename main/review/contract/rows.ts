/** What is told of review sets, of decisions, and of what they come to. */
import type { ClassifiedFile } from '../../jobs/classify/contract/rows.ts';
import type { Verdict } from '../../detections/contract/filter.ts';
import type { ListedDetection } from '../../detections/contract/rows.ts';

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
  file: Pick<ClassifiedFile, 'seconds' | 'sampleRate' | 'channels'>;
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

/** How a threshold is chosen: where the logistic fit reaches the wished precision, or where its lower bound holds it. */
export const thresholdRules = ['fit', 'bound'] as const;
export type ThresholdRule = (typeof thresholdRules)[number];

/** Which of a run's detections a review leaves. */
export interface AppliedThresholds {
  jobId: string;
  setId: string;
  atMs: number;
  /** The wished one, and how thresholds were chosen. */
  precision: number;
  rule: ThresholdRule;
  /** Least peak probabilities, by name; null: none of the class is left. Classes that are not named are left as they are. */
  classes: { label: string; least: number | null }[];
}
