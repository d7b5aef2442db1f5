/** What the lab and the page say of banks, training and evaluation; part of types.ts. */
import type { ErrorCode } from './error.ts';

interface BankMember {
  /** Unique over all banks. */
  id: string;
  name: string;
  /** `shipped`, or the name of a bank that was trained here. */
  bank: string;
  /** Id of the encoder that makes its embeddings; null for the log-mel's statistics. */
  encoder: string | null;
  imageBytes: number;
  imageSha256: string;
  /** On the fold that was held out; see the model card. */
  accuracy: number;
  macroF1: number;
  /** Null where it was trained on all folds: the figures are of its validation clips then. */
  heldOutFold: number | null;
  /** Markdown. */
  card: string;
}

export interface ExpertInfo extends BankMember {
  /** How its hidden layers compute: bits of BitLinear weights (32: float), ternary, or post-training quantization. */
  precision: 1 | 2 | 4 | 8 | 16 | 32 | 'ternary' | 'ternary-activations' | 'static8';
  /** Bits of the hidden layers' weights; log2(3) for ternary ones. */
  bits: number;
  classes: string[];
  embeddingSize: number;
}

export interface RouterInfo extends BankMember {
  /** Ids of the experts that it picks from, in its order. */
  experts: string[];
}

export interface EncoderInfo {
  id: string;
  name: string;
  bank: string;
  embeddingSize: number;
  parameters: number;
  /** The fold of its data set that it was not trained on; null where that is not known. */
  heldOutFold: number | null;
  imageBytes: number;
  imageSha256: string;
}

/** One epoch of a training; losses are cross-entropies, a router's those of its mixture. */
export interface EpochFigures {
  /** Counted from 1. */
  epoch: number;
  trainingLoss: number;
  validationLoss: number;
  validationAccuracy: number;
}

export interface TrainResult {
  kind: 'train';
  /** The bank that was trained: its experts are in experts.list. */
  bank: string;
  /** Loss curves by kind of expert, and `router`. */
  curves: Record<string, EpochFigures[]>;
  /** Summed over the threads, pauses left out. */
  trainingSeconds: number;
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
}

/** An encoder that was taken from an ONNX file. */
export interface EncoderResult {
  kind: 'encoder';
  encoderId: string;
  imageBytes: number;
  multiplyAccumulates: number;
  /** Of a board's memory for activations. */
  arenaBytes: number;
  embeddingSize: number;
  /** Recordings that its ranges come from, and those that could not be used. */
  recordings: number;
  failed: { path: string; code: ErrorCode; message: string }[];
}

/** What a data set holds, before its recordings are opened. */
export interface DataSetInfo {
  name: string;
  layout: string;
  variant: string;
  classes: { name: string; clips: number }[];
  folds: { fold: number; clips: number; sources: number }[];
  officialFolds: boolean;
  sources: number;
  /** Rows or files in all; of them: of other classes than the variant's, used, left out. */
  counts: { found: number; outsideVariant: number; used: number; leftOut: number };
  /** By kind: what it is, how often, and the first sentences. */
  problems: { what: string; count: number; sentences: string[] }[];
}
