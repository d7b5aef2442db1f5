/**
 * Every request the page (or the command line) can make of the lab: the schema of its parameters,
 * checked by the lab whatever the transport, and the type of its result.
 */
import * as v from 'valibot';
import { settingProblems } from './settings.ts';
import type {
  Audio16k,
  Board,
  BoardSettings,
  Clip,
  ClassifiedFile,
  DataSetInfo,
  Detection,
  EncoderInfo,
  EpochFigures,
  ExpertInfo,
  ExpertStore,
  ExportFile,
  FileEntry,
  Job,
  LabInfo,
  LogLine,
  Machine,
  PortListing,
  RecordingInfo,
  RouterInfo,
  SigningKey,
  TelemetryRecord,
  TelemetrySummary,
} from './types.ts';

const none = v.strictObject({});
const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
const id = text(200);
const path = text(4096);
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const seconds = (max: number) => v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(max));
const boardId = v.strictObject({ boardId: id });
const jobId = v.strictObject({ jobId: id });
const keyId = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));

const slot = whole(0, 15);
/** For a board that has no key yet: before it can be given one, what runs on it must be signed with it. */
const signWith = v.optional(keyId);
/** Ranges and their sentences are settings.ts's alone. */
const settings = v.pipe(
  v.strictObject({
    name: v.string(),
    latitude: v.nullable(v.number()),
    longitude: v.nullable(v.number()),
    microphoneRate: v.number(),
    listenS: v.number(),
    periodS: v.number(),
    hopSamples: v.number(),
    leastProbability: v.number(),
    mostEntropy: v.number(),
    telemetryIntervalMs: v.number(),
    autoStart: v.boolean(),
  }),
  v.check(
    (given) => Object.keys(settingProblems(given)).length === 0,
    ({ input }) => Object.values(settingProblems(input as BoardSettings))[0]?.replace(/\.$/, '') ?? '',
  ),
);

/** A bank's name begins the ids of what it holds, and the names that a board shows. */
const bankName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,11}$/, 'use 1 to 12 of a to z, 0 to 9 and hyphens'),
);
/** Kinds of experts, by their ids (models/study/kinds.ts). */
const kinds = v.pipe(v.array(id), v.maxLength(11));
const dataSet = {
  layout: v.optional(v.picklist(['esc50', 'urbansound8k', 'abgqi', 'folders', 'table'])),
  variant: v.optional(v.picklist(['all', 'esc10', 'groups'])),
};
const training = {
  /** An encoder's id; `auto`: one that heard nothing of the test; `statistics`: none. */
  encoder: v.optional(id),
  /** How clips are varied for training. */
  augmentation: v.optional(
    v.array(v.picklist(['gain', 'shift', 'noise', 'pink-noise', 'masks', 'mixup', 'between-class'])),
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
};

export const requestSchemas = {
  'lab.info': none,
  'lab.log': v.strictObject({ limit: whole(1, 5000) }),

  'ports.list': none,
  'boards.list': none,
  /** `portId` from ports.list, or a path typed by hand. */
  'boards.attach': v.strictObject({ portId: path, baudRate: v.optional(whole(1200, 12_000_000)) }),
  'boards.detach': boardId,
  'boards.reset': boardId,
  /** One more virtual board; the lab opens with one already attached. */
  'boards.addVirtual': none,
  /** The emulated machines that boards.addQemu can start. */
  'boards.machines': none,
  /** One more board on an emulated machine. */
  'boards.addQemu': v.strictObject({ machine: id }),
  /** Board's own microphone: continuous inference on or off. A virtual board hears the bundled clip `clipId`. */
  'boards.listen': v.strictObject({ boardId: id, on: v.boolean(), clipId: v.optional(id) }),

  'boards.settings': boardId,
  /** All at once; the answer is what the board keeps, durably. */
  'boards.changeSettings': v.strictObject({ boardId: id, settings }),
  /** From now on only images signed with this key; null: any. A key that is set already signs the change. */
  'boards.setKey': v.strictObject({ boardId: id, keyId: v.nullable(keyId), protect: v.boolean() }),

  /** Of the shipped bank first, then those of banks that were trained here. */
  'experts.list': none,
  'experts.routers': none,
  'experts.encoders': none,
  'experts.file': v.strictObject({
    expertId: id,
    file: v.picklist(['image', 'quantized.onnx', 'float.onnx']),
  }),

  /** Deletes a bank that was trained here, for good. */
  'experts.deleteBank': v.strictObject({ bank: bankName }),
  /** Takes an encoder from an ONNX file; its ranges come from recordings of a folder. A job. */
  'experts.importEncoder': v.strictObject({ path, name: bankName, recordings: path }),

  'datasets.inspect': v.strictObject({ path, ...dataSet }),
  /** Trains a bank (experts and their router) on a data set, under this name. A job. */
  'train.start': v.strictObject({
    path,
    name: bankName,
    /** Left out of training, for the figures; null: none is, and the figures are of validation clips. */
    heldOutFold: v.optional(v.nullable(whole(0, 1000))),
    ...dataSet,
    ...training,
  }),
  /** Trains without each fold, tests with it, runs the models on a board and writes a report. A job. */
  'evaluate.start': v.strictObject({
    path,
    ...dataSet,
    ...training,
    others: v.optional(kinds),
    alphas: v.optional(
      v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(100))), v.minLength(1), v.maxLength(6)),
    ),
    /** `none`, `virtual`, an emulated machine's name, or an attached board's id, whose bank it replaces. */
    board: v.optional(id),
    windows: v.optional(whole(2, 2000)),
    gramsPerKwh: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(5000))),
    gridOrigin: v.optional(text(200)),
    trainingWatts: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100_000))),
    margin: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
  }),
  /** Loss curves of a training or an evaluation as far as they go, by expert. */
  'train.curves': jobId,
  /** A file of a finished evaluation: results.json, report.html or one of the CSV files. */
  'evaluate.file': v.strictObject({
    jobId: id,
    name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*\.(json|html|csv)$/)),
  }),

  'keys.list': none,
  'keys.create': v.strictObject({ name: text(63) }),
  /** For good. Refused while an attached board asks for signatures of this key. */
  'keys.delete': v.strictObject({ keyId }),
  /** The public half, as PEM. */
  'keys.export': v.strictObject({ keyId }),

  'slots.list': boardId,
  /** One expert, or those of a router in its order. */
  'slots.activate': v.strictObject({
    boardId: id,
    slots: v.pipe(v.array(slot), v.minLength(1), v.maxLength(8)),
    router: v.optional(slot),
  }),
  'slots.erase': v.strictObject({ boardId: id, slot }),
  'slots.rollback': boardId,
  /** The trial of the active bank is over. */
  'slots.confirm': boardId,
  /**
   * Uploads, verifies and (unless told otherwise) activates an expert, or a router with its experts; their encoder
   * goes along. Progress comes as a job.
   */
  'deploy.start': v.strictObject({
    boardId: id,
    expertId: id,
    activate: v.optional(v.boolean()),
    signWith,
  }),
  /**
   * The same from image files on disk: one expert, or a router with its experts. Experts of the router that are
   * not among the files are taken from the bank.
   */
  'deploy.files': v.strictObject({
    boardId: id,
    paths: v.pipe(v.array(path), v.minLength(1), v.maxLength(9)),
    activate: v.optional(v.boolean()),
    signWith,
  }),

  'clips.list': none,
  'clips.audio': v.strictObject({ clipId: id }),
  /** Plays a bundled clip or a recording at the board, window by window; results come as `window` events. */
  'play.start': v.strictObject({
    boardId: id,
    source: v.variant('kind', [
      v.strictObject({ kind: v.literal('clip'), clipId: id }),
      v.strictObject({ kind: v.literal('file'), path }),
    ]),
  }),

  'telemetry.records': v.strictObject({ boardId: id, limit: whole(1, 100_000) }),
  'telemetry.summary': boardId,
  'telemetry.export': boardId,

  'jobs.list': none,
  'jobs.pause': jobId,
  'jobs.resume': jobId,
  'jobs.cancel': jobId,

  /** Folders and audio files of a folder inside the allowed roots. */
  'files.browse': v.strictObject({ path }),
  'recordings.inspect': v.strictObject({ path }),
  /** 16 kHz mono of a stretch of a recording (at most 120 s), for the spectrogram. */
  'recordings.audio': v.strictObject({ path, startS: seconds(1e6), durationS: seconds(120) }),
  /** Files and folders (searched recursively) with the expert; a job. */
  'classify.start': v.strictObject({
    paths: v.pipe(v.array(path), v.minLength(1), v.maxLength(10_000)),
    expertId: id,
  }),
  'classify.files': jobId,
  'classify.detections': v.strictObject({ jobId: id, path: v.optional(path) }),
  'classify.export': v.strictObject({ jobId: id, format: v.picklist(['csv', 'raven']) }),
} as const;

export type RequestName = keyof typeof requestSchemas;
export type RequestParams<N extends RequestName> = v.InferInput<(typeof requestSchemas)[N]>;

export interface RequestResults {
  'lab.info': LabInfo;
  'lab.log': LogLine[];
  'ports.list': PortListing;
  'boards.list': Board[];
  'boards.attach': Board;
  'boards.detach': null;
  'boards.reset': null;
  'boards.addVirtual': Board;
  'boards.machines': Machine[];
  'boards.addQemu': Board;
  'boards.listen': null;
  'boards.settings': BoardSettings;
  'boards.changeSettings': BoardSettings;
  'boards.setKey': Board;
  'experts.list': ExpertInfo[];
  'experts.routers': RouterInfo[];
  'experts.encoders': EncoderInfo[];
  'experts.file': Uint8Array;
  'experts.deleteBank': null;
  'experts.importEncoder': Job;
  'datasets.inspect': DataSetInfo;
  'train.start': Job;
  'evaluate.start': Job;
  'train.curves': Record<string, EpochFigures[]>;
  'evaluate.file': ExportFile;
  'keys.list': SigningKey[];
  'keys.create': SigningKey;
  'keys.delete': SigningKey[];
  'keys.export': ExportFile;
  'slots.list': ExpertStore;
  'slots.activate': ExpertStore;
  'slots.erase': ExpertStore;
  'slots.rollback': ExpertStore;
  'slots.confirm': ExpertStore;
  'deploy.start': Job;
  'deploy.files': Job;
  'clips.list': Clip[];
  'clips.audio': Audio16k;
  'play.start': Job;
  'telemetry.records': TelemetryRecord[];
  'telemetry.summary': TelemetrySummary;
  'telemetry.export': ExportFile;
  'jobs.list': Job[];
  'jobs.pause': Job;
  'jobs.resume': Job;
  'jobs.cancel': Job;
  'files.browse': { path: string; parent: string | null; entries: FileEntry[] };
  'recordings.inspect': RecordingInfo;
  'recordings.audio': Audio16k;
  'classify.start': Job;
  'classify.files': ClassifiedFile[];
  'classify.detections': Detection[];
  'classify.export': ExportFile;
}
export type RequestResult<N extends RequestName> = RequestResults[N];
