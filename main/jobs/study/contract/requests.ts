/** Training, evaluation, and encoders of one's own: their part of the contract. */
import * as v from 'valibot';
import type { FilePiece } from '../../../contract/lab.ts';
import { forOperators, forViewers } from '../../../contract/roles.ts';
import { bankName, dataSet, id, jobId, path, text, whole } from '../../../contract/schemas.ts';
import type { Job } from '../../contract.ts';
import type { EpochFigures, StudyCost } from './results.ts';

/** Kinds of experts, by their ids (models/study/kinds.ts). */
const kinds = v.pipe(v.array(id), v.maxLength(13));
const training = {
  /** An encoder's id; `auto`: one that heard nothing of the test; `statistics`: none. */
  encoder: v.optional(id),
  /** How clips are varied for training. */
  augmentation: v.optional(
    v.pipe(
      v.array(v.picklist(['gain', 'shift', 'noise', 'pink-noise', 'masks', 'mixup', 'between-class'])),
      v.maxLength(7),
    ),
  ),
  /** Kinds that the bank holds, in the router's order. */
  bank: v.optional(v.pipe(kinds, v.minLength(1), v.maxLength(8))),
  /** Widths of the experts' hidden layers. */
  hidden: v.optional(v.pipe(v.array(whole(4, 2048)), v.minLength(1), v.maxLength(6))),
  seed: v.optional(whole(0, 0x7fff_ffff)),
  epochs: v.optional(whole(1, 10_000)),
  patience: v.optional(whole(1, 10_000)),
  /** Of the router: how much curiosity shifts its choice, passes of dropout, experts that answer together. */
  alpha: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
  passes: v.optional(whole(0, 64)),
  topK: v.optional(whole(1, 8)),
  /** Encoders of rising cost, as `encoder` names them: the stages of a cascade; empty: there is none. */
  cascade: v.optional(v.pipe(v.array(id), v.maxLength(3))),
};

/** How answers are scored, and where their cost comes from. */
const scoring = {
  /** How test clips are made harder, to be answered once more. */
  hard: v.optional(v.pipe(v.array(v.picklist(['noise', 'clip', 'rate', 'gain'])), v.maxLength(4))),
  /** `none`, `virtual`, an emulated machine's name, or an attached board's id, whose bank it replaces. */
  board: v.optional(id),
  windows: v.optional(whole(2, 2000)),
  gramsPerKwh: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(5000))),
  gridOrigin: v.optional(text(200)),
  margin: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
  /** How often the bootstrap draws all sources anew. */
  resamples: v.optional(whole(100, 100_000)),
};

const evaluation = v.strictObject({
  path,
  ...dataSet,
  ...training,
  others: v.optional(kinds),
  /** How many seeds every fold is trained with, from `seed` on. */
  seeds: v.optional(whole(1, 20)),
  alphas: v.optional(
    v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(100))), v.minLength(1), v.maxLength(6)),
  ),
  trainingWatts: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100_000))),
  ...scoring,
});

export const studyRequests = {
  /** Trains a bank (experts and their router) on a data set, under this name. A job. */
  'train.start': forOperators(
    v.strictObject({
      path,
      name: bankName,
      /** Left out of training, for the figures; null: none is, and the figures are of validation clips. */
      heldOutFold: v.optional(v.nullable(whole(0, 1000))),
      ...dataSet,
      ...training,
    }),
  ),
  /** Trains without each fold, tests with it, runs the models on a board and writes a report. A job. */
  'evaluate.start': forOperators(evaluation),
  /** How many trainings that takes, and how long they will take, before it starts. */
  'evaluate.cost': forOperators(evaluation),
  /** Lets a bank that is there answer labelled recordings; those that it has heard are left out. A job, of the kind `evaluate`. */
  'evaluate.bank': forOperators(
    v.strictObject({
      path,
      ...dataSet,
      bankId: id,
      /** What the bank calls a label; an empty text leaves its clips out. */
      classes: v.optional(v.record(text(200), v.pipe(v.string(), v.maxLength(200)))),
      seed: v.optional(whole(0, 0x7fff_ffff)),
      ...scoring,
    }),
  ),
  /** Loss curves of a training or an evaluation as far as they go, by expert. */
  'train.curves': forViewers(jobId),
  /** A file of a finished evaluation: one of `filesOf` its results; `from` is a byte of it. */
  'evaluate.file': forViewers(
    v.strictObject({
      jobId: id,
      name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*\.(json|html|csv|txt)$/)),
      from: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
    }),
  ),
  /** The same of one that is no text: `parquetOf` its results. */
  'evaluate.bytes': forViewers(
    v.strictObject({
      jobId: id,
      name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*\.parquet$/)),
      from: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
    }),
  ),
  /** Takes an encoder from an ONNX file; its ranges come from recordings of a folder. A job. */
  'experts.importEncoder': forOperators(v.strictObject({ path, name: bankName, recordings: path })),
} as const;

export interface StudyResults {
  'train.start': Job;
  'evaluate.start': Job;
  'evaluate.cost': StudyCost;
  'evaluate.bank': Job;
  'train.curves': Record<string, EpochFigures[]>;
  'evaluate.file': FilePiece<number>;
  'evaluate.bytes': { name: string; mime: string; bytes: Uint8Array<ArrayBuffer>; next: number | null };
  'experts.importEncoder': Job;
}

export interface StudyEvents {
  /** Loss curves of a training or an evaluation have grown; by kind of expert, and `router`. */
  curves: { jobId: string; curves: Record<string, EpochFigures[]> };
}
