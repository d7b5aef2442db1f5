/** What trainings, evaluations and imports of encoders leave behind. */
import type { ErrorCode } from '../../../contract/error.ts';

/** One epoch of a training; losses are cross-entropies, a router's those of its mixture. */
export interface EpochFigures {
  /** Counted from 1. */
  epoch: number;
  trainingLoss: number;
  validationLoss: number;
  validationAccuracy: number;
}

/** What trainings took, by which later ones are estimated. */
export interface Effort {
  fits: number;
  /** Of the data set. */
  clips: number;
  /** Summed over the threads, pauses left out. */
  seconds: number;
}

/** What an evaluation will take. */
export interface StudyCost {
  folds: number;
  seeds: number;
  /** Trainings, all folds and seeds together. */
  fits: number;
  /** For training, by what the last training here took; null: nothing was trained here. */
  seconds: number | null;
}

export interface TrainResult {
  kind: 'train';
  /** The bank that was trained: its experts are in experts.list. */
  bank: string;
  /** Of the model of one's own that it is instead, trained on the embedding of another. */
  modelId?: string;
  /** Loss curves by kind of expert, and `router`. */
  curves: Record<string, EpochFigures[]>;
  /** Summed over the threads, pauses left out. */
  trainingSeconds: number;
  /** Left out by earlier labs. */
  effort?: Effort;
  /** What was wrong with the data set and its recordings, by kind; names may be cut short. */
  problems: { what: string; count: number; names: string[]; leftOut: boolean }[];
}

export interface EvaluateResult {
  kind: 'evaluate';
  /** results.json, report.html and the CSV files lie there. */
  folder: string;
  dataSet: string;
  /** Of the mixture with curiosity, over the clips of all folds. */
  accuracy: number;
  macroF1: number;
  /** Left out where nothing was trained, and by earlier labs. */
  effort?: Effort;
}

/** An encoder that was taken from an ONNX file. */
export interface EncoderResult {
  kind: 'encoder';
  encoderId: string;
  imageBytes: number;
  multiplyAccumulates: number;
  /** Of a board's memory for activations. */
  arenaBytes: number;
  /** First layers that are computed by rows; missing in results of before there were such. */
  fusedLayers?: number;
  embeddingSize: number;
  /** Recordings that its ranges come from, and those that could not be used. */
  recordings: number;
  failed: { path: string; code: ErrorCode; message: string }[];
}
