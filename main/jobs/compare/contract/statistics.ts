/** Times and energies of a comparison as distributions, what differs between configurations, and what is worth choosing. */
import type { Source } from '../../../contract/lab.ts';

export const timedStages = ['total', 'features', 'encoder', 'router', 'expert'] as const;
export type TimedStage = (typeof timedStages)[number];

/** One record shape for whatever figure of whatever source: measured, counted and modelled ones stand beside each other. */
export interface FigureRecord {
  board: number;
  model: number;
  metric: 'latency' | 'energy';
  stage: TimedStage;
  unit: 'µs' | 'mJ';
  source: Source;
  /** Of the board: chip and clock. */
  conditions: string;
  /** Without the warm-up; as models/evaluation/spread.ts. */
  spread: FigureSpread;
  /** First answers after each deployment. */
  warmUp: { n: number; mean: number } | null;
}

export interface FigureSpread {
  n: number;
  mean: number;
  deviation: number | null;
  least: number;
  most: number;
  quantiles: { share: number; value: number; low: number | null; high: number | null }[];
  outliers: { low: number; high: number; count: number };
  histogram: { from: number; step: number; counts: number[] };
  ecdf: [number, number][];
}

/** Of two runs, a − b; null hypothesis: no difference, of `tost` one of the margin or more. */
export interface ConfigurationTest {
  a: { board: number; model: number };
  b: { board: number; model: number };
  metric: 'latency' | 'energy';
  test: 'wilcoxon' | 'brown-forsythe' | 'tost';
  /** Pairs of the same windows. */
  n: number;
  /** In the metric’s unit; of `brown-forsythe` the ratio of the standard deviations. */
  effect: number | null;
  /** Of paired differences: their mean over their standard deviation (Cohen’s d_z). */
  size: number | null;
  /** Of `tost`, in the metric’s unit. */
  margin: number | null;
  p: number;
  /** Over all tests of this kind (Holm). */
  adjusted: number;
}

/** One figure of another source than the other’s, of boards of the same chip with the same model. */
export interface Residual {
  model: number;
  metric: 'latency' | 'energy';
  stage: TimedStage;
  /** The run that is held to be nearer to the truth: measured before counted before modelled. */
  reference: { board: number; source: Source; mean: number };
  other: { board: number; source: Source; mean: number };
  /** (other − reference) / reference */
  residual: number;
}

/** What a run offers. */
export interface TradeOff {
  board: number;
  model: number;
  macroF1: number | null;
  latencyUs: number | null;
  millijoule: number | null;
  flashBytes: number;
  ramBytes: number;
  /** On the front of F1 against each cost. */
  front: { latencyUs: boolean; millijoule: boolean; flashBytes: boolean; ramBytes: boolean };
}

export interface CompareStatistics {
  jobId: string;
  figures: FigureRecord[];
  tests: ConfigurationTest[];
  residuals: Residual[];
  tradeOffs: TradeOff[];
  /** Windows of a run that tests were made of at most, drawn evenly. */
  mostPairs: number;
}
