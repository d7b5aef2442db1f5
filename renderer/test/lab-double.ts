/**
 * A lab for tests of the page: answers every request from a small world held in memory, and raises the
 * lab's events when told to. It computes nothing: what a board "answered" is what the test says it did.
 */
import type { LabClient, ShellCapabilities } from '../../main/contract/client.ts';
import { CurlewError } from '../../main/contract/error.ts';
import type { EventName, LabEvents } from '../../main/contract/events.ts';
import type { RequestName, RequestParams, RequestResult } from '../../main/contract/requests.ts';
import type {
  Capability,
  Board,
  BoardSettings,
  DataSetInfo,
  EncoderInfo,
  ExpertInfo,
  ExpertStore,
  Job,
  RouterInfo,
  Slot,
  NamedRecord,
  OwnModel,
  Played,
  WindowResult,
} from '../../main/contract/types.ts';

type Handlers = {
  [N in RequestName]?: (params: RequestParams<N>) => RequestResult<N> | Promise<RequestResult<N>>;
};

export class LabDouble implements LabClient {
  readonly asked: { name: RequestName; params: unknown }[] = [];
  private readonly listeners = new Map<EventName, Set<(payload: never) => void>>();
  private readonly closers = new Set<(reason: CurlewError) => void>();

  readonly handlers: Handlers;

  constructor(handlers: Handlers = {}) {
    this.handlers = {
      'experts.routers': () => [],
      'experts.encoders': () => [],
      'models.list': () => [],
      'details.list': () => [],
      'groups.list': () => [],
      'rollouts.list': () => [],
      'visits.list': () => [],
      'alerts.list': () => [],
      'alerts.counts': () => ({ open: 0, acknowledged: 0, snoozed: 0 }),
      'alerts.rules': () => [],
      'telemetry.series': ({ boardId, figure, fromMs, toMs }) => ({
        ...{ boardId, figure, level: 'hours', everyMs: 3_600_000, fromMs, toMs, lines: [] },
      }),
      'telemetry.classes': ({ boardId, fromMs, toMs }) => ({
        ...{ boardId, everyMs: 3_600_000, fromMs, toMs, classes: [], buckets: [] },
      }),
      'telemetry.events': ({ boardId }) => ({ boardId, events: [], leftOut: 0 }),
      'battery.setting': () => ({
        cell: { name: '3 × AA', volts: 3.75, milliampHours: 2850, usableShare: 0.7, lossPerYear: 0.03 },
        own: [],
        idle: { 'nrf52840-64MHz': { listening: 0.009, asleep: 4.2e-6, source: 'a datasheet' } },
      }),
      'fleet.overview': () => [],
      'power.captures': () => [],
      'power.devices': () => ({ devices: [], problem: null }),
      'uncertain.counts': () => [],
      'fleet.microphones': () => ({ atMs: 0, boards: [] }),
      'fleet.drift': () => ({ atMs: 0, falseShare: 0.05, boards: [] }),
      ...handlers,
    };
  }

  async request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    this.asked.push({ name, params });
    const handler = this.handlers[name] as
      ((given: RequestParams<N>) => RequestResult<N> | Promise<RequestResult<N>>) | undefined;
    if (!handler) throw new CurlewError('REQUEST_UNKNOWN', `The double has no answer to ${name}.`);
    return handler(params);
  }

  on<E extends EventName>(event: E, listener: (payload: LabEvents[E]) => void): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(listener));
    return () => void set.delete(listener);
  }

  onClose(listener: (reason: CurlewError) => void): () => void {
    this.closers.add(listener);
    return () => void this.closers.delete(listener);
  }

  raise<E extends EventName>(event: E, payload: LabEvents[E]): void {
    for (const listener of this.listeners.get(event) ?? []) listener(payload as never);
  }

  close(): void {
    for (const closer of this.closers)
      closer(new CurlewError('CONNECTION_LOST', 'The lab no longer answers.'));
  }
}

/** A shell that can save files (kept in `saved`) and, if asked for, pick paths. */
export function shellDouble(picks?: { files: string[]; folder: string | null }) {
  const saved: { name: string; mime: string; text: string }[] = [];
  const shell: ShellCapabilities = {
    has: new Set<Capability>([
      'saveFile',
      'operate',
      ...(picks ? (['pickFiles', 'pickFolder'] as const) : []),
    ]),
    ...(picks && { pickFiles: async () => picks.files, pickFolder: async () => picks.folder }),
    saveFile: async (name, mime, texts) => void saved.push({ name, mime, text: texts.join('') }),
  };
  return { shell, saved };
}

export const board = (changes: Partial<Board> = {}): Board => ({
  entry: 1,
  id: '00112233aabbccdd',
  portId: 'virtual:heron',
  portKind: 'virtual',
  state: 'attached',
  message: null,
  repeats: 0,
  name: 'heron',
  kind: 'virtual',
  simulated: true,
  profile: 'nrf52840-64MHz',
  firmware: '0.1.0',
  bootId: 7,
  framing: 'binary',
  hasAudioSource: true,
  continuous: false,
  cause: 'power',
  starts: null,
  freeFlashBytes: null,
  clock: null,
  activeExpert: null,
  activeRouter: null,
  trial: 'none',
  keyId: null,
  rollbackProtected: false,
  supplyMillivolts: 3300,
  temperatureC: 24.5,
  settings: null,
  lastSeenMs: 1000,
  ...changes,
});

export const expert = (changes: Partial<ExpertInfo> = {}): ExpertInfo => ({
  id: 'esc10-b4',
  name: 'esc10-b4',
  bank: 'shipped',
  version: 2,
  precision: 4,
  bits: 4,
  encoder: null,
  heldOutFold: 4,
  classes: ['dog', 'rain', 'crow'],
  embeddingSize: 384,
  imageBytes: 91_234,
  imageSha256: 'ab'.repeat(32),
  accuracy: 0.83,
  testedClips: 80,
  macroF1: 0.82,
  card: '# A card\n\nWith **words**.',
  ...changes,
});

export const router = (changes: Partial<RouterInfo> = {}): RouterInfo => ({
  id: 'esc10-router',
  name: 'esc10 curiosity router',
  bank: 'shipped',
  version: 2,
  encoder: null,
  experts: ['esc10-b4'],
  cascade: null,
  imageBytes: 64_800,
  imageSha256: 'ef'.repeat(32),
  accuracy: 0.85,
  testedClips: 80,
  macroF1: 0.84,
  heldOutFold: 4,
  card: '# A router',
  ...changes,
});

export const encoder = (changes: Partial<EncoderInfo> = {}): EncoderInfo => ({
  id: 'esc10-encoder-medium-4',
  name: 'Without fold 4',
  bank: 'shipped',
  version: 2,
  embeddingSize: 256,
  parameters: 150_000,
  heldOutFold: 4,
  imageBytes: 180_224,
  imageSha256: '12'.repeat(32),
  memory: { fusedLayers: 0, arenaBytes: 49_152 },
  ...changes,
});

export const ownModel = (changes: Partial<OwnModel> = {}): OwnModel => ({
  id: 'model:marsh-birds',
  description: {
    ...{ name: 'Marsh birds', sampleRate: 48_000, windowSamples: 144_000, hopSamples: 144_000 },
    input: { name: 'in', kind: 'waveform', type: 'float32', shape: [144_000], batch: 'any', scale: 1 },
    output: { name: 'out', values: 'logits', activation: 'sigmoid' },
    ...{ embedding: null, licence: null },
  },
  classes: 6522,
  labels: ['rail', 'snipe'],
  bytes: 50_000_000,
  sha256: '34'.repeat(32),
  addedMs: 1_790_000_000_000,
  check: {
    ...{ checkedMs: 1_790_000_000_000, notes: [], batch: 8, embeddingSize: null, windowMs: 60 },
    ...{ timesRealtime: 50, heard: { clip: 'dog', label: 'rail', probability: 0.5 } },
  },
  ...changes,
});

export const dataSet = (changes: Partial<DataSetInfo> = {}): DataSetInfo => ({
  name: 'my-sounds',
  layout: 'a folder a class',
  variant: 'all',
  classes: [
    { name: 'dog', clips: 9 },
    { name: 'rain', clips: 8 },
  ],
  folds: [
    { fold: 1, clips: 9, sources: 8 },
    { fold: 2, clips: 8, sources: 8 },
  ],
  officialFolds: true,
  sources: 16,
  counts: { found: 18, outsideVariant: 0, used: 17, leftOut: 1 },
  problems: [
    { what: 'Missing file', count: 1, sentences: ['dog/gone.wav is left out: there is no such file.'] },
  ],
  ...changes,
});

export const slot = (changes: Partial<Slot> = {}): Slot => ({
  slot: 0,
  state: 'verified',
  length: 91_234,
  offset: 91_234,
  name: 'esc10-b4',
  kind: 'expert',
  bits: 4,
  ternary: false,
  version: 1,
  signed: false,
  sha256: 'ab'.repeat(32),
  active: true,
  previous: false,
  ...changes,
});

export const store = (changes: Partial<ExpertStore> = {}): ExpertStore => ({
  slots: [slot()],
  slotCount: 12,
  bytes: 1_048_576,
  freeBytes: 900_000,
  active: [0],
  router: null,
  previous: [],
  trial: 'none',
  ...changes,
});

export const settings = (changes: Partial<BoardSettings> = {}): BoardSettings => ({
  name: '',
  latitude: null,
  longitude: null,
  microphoneRate: 16_000,
  listenS: 0,
  periodS: 0,
  hopSamples: 7680,
  leastProbability: 0,
  mostEntropy: 0,
  telemetryIntervalMs: 0,
  autoStart: false,
  uncertainPercent: 0,
  uncertainPaceS: 600,
  ...changes,
});

export const job = (changes: Partial<Job> = {}): Job => ({
  id: 'job-1',
  kind: 'deploy',
  title: 'esc10-b4 to heron',
  state: 'running',
  progress: 0.4,
  detail: 'writing',
  createdMs: 1000,
  startedMs: 1000,
  finishedMs: null,
  workedMs: 2000,
  leftMs: null,
  reads: ['esc10-b4'],
  writes: ['heron'],
  error: null,
  canPause: false,
  result: null,
  ...changes,
});

export const windowResult = (changes: Partial<WindowResult> = {}): WindowResult => ({
  startS: 0,
  inferenceId: 1,
  classIndex: 0,
  label: 'dog',
  logits: [2, 0, -1],
  topProbability: 0.84,
  entropy: 0.5,
  latencyUs: [21_000, 900, 0, 3100],
  latencySource: 'modelled',
  energyNanojoule: 410_000,
  energySource: 'modelled',
  place: 0,
  gate: [],
  curiosity: 0,
  score: 0,
  stages: null,
  ...changes,
});

export const played = (changes: Partial<Played> = {}): Played => ({
  id: 'play-1',
  jobId: 'job-1',
  boardId: '00112233aabbccdd',
  boardName: 'heron',
  bank: {
    router: null,
    topK: 1,
    experts: [{ name: 'esc10-b4', version: 2, sha256: 'ab'.repeat(32) }],
    encoders: [],
  },
  source: { kind: 'clip', clipId: 'dog' },
  file: null,
  startS: 0,
  durationS: null,
  startedMs: 1000,
  endedMs: 2000,
  windows: 2,
  error: null,
  ...changes,
});

export const record = (sequence: number, changes: Partial<NamedRecord> = {}): NamedRecord => ({
  boardId: '00112233aabbccdd',
  bootId: 7,
  sequence,
  receivedMs: 1000 + sequence,
  atMs: 900 + sequence,
  errorMs: 2,
  uptimeMs: 480 * sequence,
  inferenceId: sequence,
  expert: 'abababababababab',
  classIndex: 0,
  topProbability: 0.9,
  entropy: 0.4,
  featuresUs: 21_000,
  encoderUs: 900,
  routerUs: 0,
  expertUs: 3100,
  latencySource: 'modelled',
  energyNanojoule: 410_000,
  energySource: 'modelled',
  supplyMillivolts: 3300,
  temperatureC: 24.5,
  stackBytes: 2048,
  curiosity: 0,
  place: 0,
  levelDb: -38.25,
  noiseFloorDb: -61.5,
  clippedShare: 0,
  startCause: 'power',
  freeFlashBytes: 1_802_240,
  wallMs: null,
  ...{ stages: null, score: null, skippedWindows: null },
  expertName: 'esc10-b4',
  className: 'dog',
  ...changes,
});
