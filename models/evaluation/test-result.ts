/** What a statistical test says. */
import type { Interval } from './paired.ts';
import type { CalibrationMeasure, DetectionMeasure } from './quality.ts';

export type TestKind =
  'mcnemar' | 'clustered-bootstrap' | 'paired-t' | 'wilcoxon' | 'brown-forsythe' | 'tost';

export type Measure = 'accuracy' | 'weighted-f1' | 'latency' | CalibrationMeasure | DetectionMeasure;

/** Null hypothesis: no difference between a and b; of 'tost': they differ by `margin` or more. */
export interface Test {
  readonly test: TestKind;
  /** Names of models; differences are a − b. */
  readonly a: string;
  readonly b: string;
  readonly measure: Measure;
  /** What was counted as one observation, and how many there were (of each model, where not paired). */
  readonly unit: 'clip' | 'source' | 'fold' | 'inference';
  readonly n: number;
  /** For a person: 'exact binomial', 'normal approximation with tie and continuity correction', … */
  readonly method: string;
  /** Finite; null where the test has none. */
  readonly statistic: number | null;
  /**
   * a − b in the measure's own unit (of 'wilcoxon' the Hodges–Lehmann estimate); of 'brown-forsythe' the ratio of the
   * standard deviations, a / b, null where b does not vary.
   */
  readonly effect: number | null;
  readonly interval: Interval | null;
  /** In the measure's own unit; of 'tost' alone. */
  readonly margin: number | null;
  readonly p: number;
  /** Of the effect, sources drawn together; of tests that have none, and of earlier labs, there is none. */
  readonly standardError?: { readonly value: number; readonly degrees: number };
}

/** A test that could not have shown anything, whatever it found: it was not made. */
export interface NotRun extends Pick<Test, 'test' | 'a' | 'b' | 'measure'> {
  /** For a person, a sentence without a full stop. */
  readonly reason: string;
  /** The least p that it could have given. */
  readonly leastP: number;
}

/** What a comparison comes to. */
export interface Comparison {
  readonly tests: readonly Test[];
  readonly notRun: readonly NotRun[];
}

export interface TestResult extends Test {
  /** Tests that Holm's correction was made over together. */
  readonly family: string;
  /** p after that correction. */
  readonly adjusted: number;
  /** What was asked, of which the family is a part; of earlier labs the family is all there is. */
  readonly question?: string;
  /** The sounds that were answered; left out: those as they were recorded. */
  readonly sounds?: 'hard';
  /** The least true effect that would be shown four times out of five (families.ts); null where nothing tells. */
  readonly detectable?: number | null;
}

/** A test that was not made, and the question that it was for. */
export interface NotRunOf extends NotRun {
  readonly question: string;
  readonly sounds?: 'hard';
}

/** One model's part of a comparison. */
export interface Named<T> {
  readonly name: string;
  readonly values: T;
}

/** JSON has no infinity. */
export const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

/**
 * Whether claims are decided by it: for each purpose one kind of test, chosen beforehand, which knows that clips of
 * one source are not independent. The others are told beside it.
 */
export const decides = ({ test, measure }: Pick<Test, 'test' | 'measure'>): boolean =>
  measure === 'latency' || test === 'clustered-bootstrap' || test === 'tost';
