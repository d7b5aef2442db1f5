/** What a comparison found, window by window, clip by clip and in all. */
import type { Source } from '../../../contract/lab.ts';
import type { CheckResult, ComparedRule, ComparedStage, StageFigures } from './stages.ts';

/** On the board, by the quantized and by the float reference. */
export interface OnAllSides<T> {
  board: T;
  quantized: T;
  float: T;
}

export interface ComparedBoard {
  /** As it was asked for: `virtual`, `virtual:CHIP`, `host`, an emulated machine, or an attached board’s id. */
  choice: string;
  /** What it said of itself; null before it was met. */
  name: string | null;
  kind: string | null;
  profile: string | null;
  simulated: boolean | null;
}

export interface ComparedModel {
  id: string;
  name: string;
  kind: 'expert' | 'router' | 'cascade';
  classes: string[];
  /** Names of those that it picks from, in its order; of an expert itself alone. */
  experts: string[];
  /** Of all its images: encoders, experts, router. */
  imageBytes: number;
}

export interface ComparedClip {
  clip: number;
  path: string;
  /** Null where nobody said. */
  label: string | null;
  /** The recording it was cut from; its path where nobody said. */
  source: string;
  /** Why it could not be used; null where it could. */
  error: string | null;
}

/** One window as a board and both references answered it. */
export interface ComparedWindow {
  board: number;
  model: number;
  clip: number;
  window: number;
  startS: number;
  /** Of the board’s answers since it was given this model, from 0 on. */
  ordinal: number;
  inferenceId: number;
  /** Of its telemetry record; 0: it kept none. */
  sequence: number;
  /** Places of the experts that answered, or would have. */
  places: OnAllSides<number>;
  curiosity: OnAllSides<number>;
  /** What a cascade decided by; 0 without one. */
  score: OnAllSides<number>;
  logits: OnAllSides<number[]>;
  /** Bit i: the bank’s encoder i ran; null of firmware from before. */
  stagesRan: number | null;
  /** Microseconds: features, encoder, router, expert. */
  latencyUs: [number, number, number, number];
  latencySource: Source;
  energyNanojoule: number;
  energySource: Source;
  /** Null where a stage was not looked at, or is not there. */
  errors: Record<ComparedStage, StageFigures | null>;
  /** Top class from the same sound. */
  sameHeard: boolean;
  /** From the same log-mel; null where that was not looked at. */
  sameClass: boolean | null;
  sameChoice: boolean | null;
  /** The first stage whose error is more than its rule allows; null: none. */
  firstOff: ComparedStage | null;
}

/** A clip as one board answered it with one model: its worst windows. */
export interface ComparedClipRow {
  board: number;
  model: number;
  clip: number;
  path: string;
  label: string | null;
  windows: number;
  /** Of the clip’s mean probabilities. */
  said: OnAllSides<string>;
  firstOff: ComparedStage | null;
  /** The largest judged figure of its windows. */
  worst: Record<ComparedStage, number | null>;
}

export interface Interval {
  value: number;
  low: number;
  high: number;
}

export interface ScoresOfClips {
  clips: number;
  accuracy: Interval;
  macroF1: Interval;
}

/** Over all windows of a run. */
export interface StageSummary {
  windows: number;
  /** Over all of their elements. */
  rmse: number;
  mae: number;
  /** Of the windows. */
  l2Median: number;
  cosineLeast: number;
  relativeMedian: number;
  relativeLargest: number;
  /** Largest absolute difference, and of which element of which clip’s window. */
  largest: number;
  at: number;
  clip: number;
  window: number;
}

export interface ComparedRun {
  board: number;
  model: number;
  /** Gone through, those that could not be used among them. */
  clips: number;
  windows: number;
  stages: Record<ComparedStage, StageSummary | null>;
  checks: CheckResult[];
  /** Where labels are classes of the model. */
  scores: OnAllSides<ScoresOfClips> | null;
  /** Means over windows, and windows in which the board chose as the references. */
  curiosity: OnAllSides<number> | null;
  sameChoice: { quantized: number; float: number } | null;
}

export interface Comparison {
  jobId: string;
  boards: ComparedBoard[];
  models: ComparedModel[];
  /** To go through. */
  clips: number;
  labelled: boolean;
  failed: { path: string; message: string }[];
  rules: ComparedRule[];
  runs: ComparedRun[];
}
