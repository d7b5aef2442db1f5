/**
 * Every request the page (or the command line) can make of the lab: the schema of its parameters,
 * checked by the lab whatever the transport, and the type of its result.
 */
import * as v from 'valibot';
import type {
  Audio16k,
  Board,
  Clip,
  ClassifiedFile,
  Detection,
  ExpertInfo,
  ExportFile,
  FileEntry,
  Job,
  LabInfo,
  LogLine,
  Machine,
  PortListing,
  RecordingInfo,
  SigningKey,
  Slot,
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
const boardSlot = v.strictObject({ boardId: id, slot: whole(0, 15) });

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

  'experts.list': none,
  'experts.file': v.strictObject({
    expertId: id,
    file: v.picklist(['image', 'quantized.onnx', 'float.onnx']),
  }),

  'keys.list': none,
  'keys.create': v.strictObject({ name: text(63) }),
  /** For good. Refused while an attached board asks for signatures of this key. */
  'keys.delete': v.strictObject({ keyId }),
  /** The public half, as PEM. */
  'keys.export': v.strictObject({ keyId }),

  'slots.list': boardId,
  'slots.activate': boardSlot,
  'slots.erase': boardSlot,
  'slots.rollback': boardId,
  /** Uploads, verifies and (unless told otherwise) activates; progress comes as a job. */
  'deploy.start': v.strictObject({ boardId: id, expertId: id, activate: v.optional(v.boolean()) }),
  /** The same from an image file on disk. */
  'deploy.file': v.strictObject({ boardId: id, path, activate: v.optional(v.boolean()) }),

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
  'experts.list': ExpertInfo[];
  'experts.file': Uint8Array;
  'keys.list': SigningKey[];
  'keys.create': SigningKey;
  'keys.delete': SigningKey[];
  'keys.export': ExportFile;
  'slots.list': Slot[];
  'slots.activate': Slot[];
  'slots.erase': Slot[];
  'slots.rollback': Slot[];
  'deploy.start': Job;
  'deploy.file': Job;
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
