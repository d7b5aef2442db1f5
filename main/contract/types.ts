/**
 * What the lab and the page talk about. Plain data only: structured clone and CBOR both carry it.
 * Times are milliseconds since 1970 (UTC) unless a name says otherwise; byte arrays are Uint8Array.
 */
import type { EncoderResult, EvaluateResult, TrainResult } from './bank-types.ts';
import type { ErrorCode } from './error.ts';

export type * from './bank-types.ts';

/** Where a figure comes from; travels with it into every table, plot and export. */
export type Source = 'none' | 'measured' | 'counted' | 'modelled';

export type Capability = 'pickFiles' | 'pickFolder' | 'saveFile' | 'microphone';

export interface LabInfo {
  version: string;
  shell: string;
  dataFolder: string;
  /** Folders that `files.browse` may list. */
  roots: string[];
}

export interface PortInfo {
  /** Device path, or `virtual:NAME`, `qemu:MACHINE`. */
  id: string;
  kind: 'serial' | 'path' | 'virtual' | 'host' | 'qemu';
  /** For a person: manufacturer, product, or what the emulator is. */
  label: string;
  attachedBoard: string | null;
}

export interface PortListing {
  ports: PortInfo[];
  /** Why real ports could not be listed, and what to do; null when they could. */
  problem: string | null;
}

export type BoardState = 'connecting' | 'attached' | 'busy' | 'lost' | 'garbage' | 'detached';

export interface Board {
  /** 16 hex digits, the board's own id; before the first answer `port:` + the port id. */
  id: string;
  portId: string;
  portKind: PortInfo['kind'];
  state: BoardState;
  /** One sentence when the state needs one (lost, garbage). */
  message: string | null;
  name: string;
  /** `virtual`, `host`, `mps2-an386`, … */
  kind: string;
  /** True: no hardware behind it; shown on every screen. */
  simulated: boolean;
  profile: string;
  firmware: string;
  bootId: number;
  framing: 'console' | 'binary';
  hasAudioSource: boolean;
  continuous: boolean;
  /** Why it last started: `power`, `request`, `watchdog`, `fault`, `unknown`. */
  cause: string;
  /** The active expert as the board tells it (the first one of a bank); null when none. */
  activeExpert: { name: string; sha256: string; bits: number; ternary: boolean } | null;
  /** The router that picks among the active experts; null where one expert answers alone. */
  activeRouter: { name: string; experts: number } | null;
  /** A newly activated bank that has not proved itself yet, or one that was undone because it did not. */
  trial: 'none' | 'trial' | 'fell_back';
  /** Key that its images must be signed with; null where it takes any. */
  keyId: string | null;
  /** It refuses images older than one that ran. */
  rollbackProtected: boolean;
  supplyMillivolts: number | null;
  temperatureC: number | null;
  lastSeenMs: number | null;
}

/** A place in a board's store that holds an image, or a part of one. */
export interface Slot {
  slot: number;
  state: 'partial' | 'verified';
  /** Bytes as announced (with a signature), and how many of them have arrived. */
  length: number;
  offset: number;
  /** Known once verified: empty, null, 0 or false before. */
  name: string;
  kind: 'expert' | 'router' | 'encoder' | null;
  bits: number;
  ternary: boolean;
  version: number;
  /** Carries a sound signature of the board's key. */
  signed: boolean;
  /** Of the image, without its signature where the lab knows it. */
  sha256: string;
  active: boolean;
  previous: boolean;
}

/** A board's flash as far as experts go. */
export interface ExpertStore {
  slots: Slot[];
  slotCount: number;
  bytes: number;
  /** The largest image that fits now. */
  freeBytes: number;
  /** Slots of the bank that answers, in the router's order; empty for none. */
  active: number[];
  router: number | null;
  /** Where roll back leads; empty for nowhere. */
  previous: number[];
  trial: Board['trial'];
}

/** What a person sets and a board keeps; ranges in settings.ts. */
export interface BoardSettings {
  /** Empty: the board's own. */
  name: string;
  /** Degrees; both null where the place is not known. */
  latitude: number | null;
  longitude: number | null;
  /** Samples a second. */
  microphoneRate: number;
  /** Seconds of listening in each period; 0 always. */
  listenS: number;
  periodS: number;
  /** Samples of 16 kHz between windows of continuous inference. */
  hopSamples: number;
  /** Below this top probability a window is recorded as no class. */
  leastProbability: number;
  /** Above this entropy, nats, a window is recorded as no class; 0 off. */
  mostEntropy: number;
  /** Shortest time between telemetry records. */
  telemetryIntervalMs: number;
  /** Continuous inference starts when the board does. */
  autoStart: boolean;
}

export type ExpertFile = 'image' | 'quantized.onnx' | 'float.onnx';

/** A key that images are signed with. The private half never leaves the lab's main process. */
export interface SigningKey {
  /** 16 hex digits: the first bytes of the SHA-256 of the public key, as boards name it. */
  id: string;
  name: string;
  /** Ed25519, 64 hex digits. */
  publicKey: string;
  createdMs: number;
  /** The operating system's keychain, or, where there is none, a file that its owner alone can read. */
  keptIn: 'keychain' | 'file';
}

export interface Clip {
  id: string;
  label: string;
  title: string;
  author: string;
  licence: string;
  sourceUrl: string;
  seconds: number;
}

/** 16 kHz mono PCM, little-endian int16. */
export interface Audio16k {
  pcm: Uint8Array;
  samples: number;
}

/** One window (15,600 samples) as the board answered it. */
export interface WindowResult {
  boardId: string;
  /** Position in the recording, seconds. */
  startS: number;
  inferenceId: number;
  classIndex: number;
  label: string;
  logits: number[];
  topProbability: number;
  entropy: number;
  /** Microseconds: features, encoder, router, expert. */
  latencyUs: [number, number, number, number];
  latencySource: Source;
  energyNanojoule: number;
  energySource: Source;
}

export interface TelemetryRecord {
  boardId: string;
  bootId: number;
  sequence: number;
  /** When the lab received it. */
  receivedMs: number;
  uptimeMs: number;
  inferenceId: number;
  /** First 8 bytes of the expert's SHA-256, hex. */
  expert: string;
  classIndex: number;
  topProbability: number;
  entropy: number;
  featuresUs: number;
  encoderUs: number;
  routerUs: number;
  expertUs: number;
  latencySource: Source;
  energyNanojoule: number;
  energySource: Source;
  supplyMillivolts: number | null;
  temperatureC: number | null;
  stackBytes: number | null;
  /** How much the router's dropout passes disagreed; 0 without a router. */
  curiosity: number;
  /** Place in the board's bank of the expert that answered. */
  place: number;
}

export interface TelemetrySummary {
  boardId: string;
  records: number;
  /** Records the board overwrote before the lab had them; counted from the sequence numbers. */
  missing: number;
  gaps: { bootId: number; afterSequence: number; missing: number }[];
  latencyUs: { p50: number; p95: number; p99: number } | null;
  latencySource: Source;
  energyNanojoule: { mean: number; total: number } | null;
  energySource: Source;
}

export type JobState = 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';
export type JobKind = 'deploy' | 'play' | 'classify' | 'train' | 'evaluate' | 'encoder';

export interface Job {
  id: string;
  kind: JobKind;
  title: string;
  state: JobState;
  /** 0 … 1; null while it cannot be known. */
  progress: number | null;
  /** What it is doing now, for a person. */
  detail: string;
  createdMs: number;
  finishedMs: number | null;
  error: { code: ErrorCode; message: string } | null;
  canPause: boolean;
  /** What the job leaves behind, by its kind. */
  result: DeployResult | PlayResult | ClassifyResult | TrainResult | EvaluateResult | EncoderResult | null;
}

export interface DeployResult {
  kind: 'deploy';
  boardId: string;
  /** Where the experts lie, in the router's order, and the router where there is one. */
  slots: number[];
  router: number | null;
  /** Of all images, their signatures included. */
  bytes: number;
  uploadMs: number;
  /** Image bytes per second over the line's byte rate; null where the line's rate is unknown. */
  lineShare: number | null;
  activated: boolean;
}

export interface PlayResult {
  kind: 'play';
  boardId: string;
  windows: WindowResult[];
}

export interface ClassifyResult {
  kind: 'classify';
  files: number;
  failed: { path: string; code: ErrorCode; message: string }[];
  windows: number;
  audioSeconds: number;
  wallSeconds: number;
}

export interface FileEntry {
  name: string;
  path: string;
  folder: boolean;
  bytes: number;
}

export interface RecordingInfo {
  path: string;
  /** WAV, FLAC, Ogg Vorbis, MP3 */
  format: string;
  sampleRate: number;
  channels: number;
  /** Null where only decoding the whole file would tell. */
  seconds: number | null;
  bytes: number;
}

/** One classified file of a job. */
export interface ClassifiedFile {
  jobId: string;
  path: string;
  seconds: number;
  sampleRate: number;
  channels: number;
  windows: number;
  /** From the mean of the windows' probabilities. */
  classIndex: number;
  label: string;
  probability: number;
}

/** A run of neighbouring windows with the same top class. */
export interface Detection {
  jobId: string;
  path: string;
  startS: number;
  endS: number;
  label: string;
  /** Mean top probability over the run. */
  confidence: number;
}

export interface ExportFile {
  name: string;
  mime: string;
  text: string;
}

/** A machine that boards can be emulated on. */
export interface Machine {
  name: string;
  /** For a person. */
  title: string;
}

export interface LogLine {
  atMs: number;
  level: 'info' | 'warning' | 'error';
  /** Board id, job id or null for the lab itself. */
  subject: string | null;
  text: string;
}
