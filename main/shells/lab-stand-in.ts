/**
 * A lab small enough to know by heart, for the tests of the shells: the real dispatch over handlers that answer
 * from a table. The table's type is the contract's, so a new request must find its place here.
 */
import type { EventName, LabEvents } from '../contract/events.ts';
import type { RequestName, RequestParams, RequestResult } from '../contract/requests.ts';
import type {
  Alert,
  AlertRule,
  BatterySetting,
  Rollout,
  RolloutBoard,
  AppliedThresholds,
  Board,
  ComparedWindow,
  Comparison,
  BoardDetails,
  Capture,
  BoardGroup,
  BoardSettings,
  DataSetInfo,
  EncoderInfo,
  ExpertInfo,
  ExpertStore,
  Job,
  LogLine,
  MqttState,
  OwnModel,
  Played,
  ReviewItem,
  ReviewSet,
  RouterInfo,
  SigningKey,
  TinyRecord,
  UncertainItem,
  Visit,
  WebhookState,
} from '../contract/types.ts';
import type { EventMessage } from '../contract/wire.ts';
import { dispatch, type Handlers } from '../dispatch.ts';
import { usualSettings } from '../jobs/classify/contract/settings.ts';
import type { Lab } from '../lab.ts';

const mqtt: MqttState = {
  on: true,
  settings: {
    ...{ host: 'broker.local', port: 8883, tls: true, authority: '', user: 'Küste', prefix: 'wald/curlew' },
    ...{ discoveryPrefix: 'homeassistant', everyS: 60 },
  },
  ...{ hasPassword: true, connection: 'waiting', problem: 'The broker said nothing.' },
  ...{ published: 2 ** 40, waiting: 3, dropped: 0, refused: 1 },
};

export const board: Board = {
  entry: 1,
  id: '0123456789abcdef',
  portId: 'virtual:one',
  portKind: 'virtual',
  state: 'attached',
  message: null,
  repeats: 0,
  name: 'Heron',
  kind: 'virtual',
  simulated: true,
  profile: 'm4f-120',
  firmware: '1.2.3',
  bootId: 0xffff_ffff,
  framing: 'binary',
  hasAudioSource: true,
  continuous: false,
  cause: 'power',
  starts: { power: 3, 'brown-out': 1 },
  freeFlashBytes: 1_802_240,
  clock: null,
  activeExpert: { name: 'night', version: 2, sha256: 'ab'.repeat(32), bits: 4, ternary: false },
  activeRouter: null,
  trial: 'none',
  keyId: null,
  rollbackProtected: false,
  supplyMillivolts: 3300,
  temperatureC: 21.5,
  settings: null,
  lastSeenMs: 1_790_000_000_000,
};

const bank = { sha256: 'ab'.repeat(32), name: 'night', version: 2, kind: 'expert' } as const;
const details: BoardDetails = {
  ...{ boardId: board.id, name: 'Reed bed', site: 'Lough Gill', latitude: 54.25, longitude: -8.5 },
  ...{
    notes: 'On the third post.',
    tags: ['marsh'],
    groupId: 'group-1',
    settings: { periodS: 600 },
    whenMet: true,
    bank,
  },
};
const visit: Visit = {
  ...{ id: 'visit-1', boardId: board.id, boardName: 'Reed bed', site: 'Lough Gill', sinceMs: null },
  ...{ startedMs: 1_790_000_000_000, endedMs: 1_790_000_060_000, clock: null, by: 'page' },
  automatic: true,
  ...{ did: ['Settings: period 60 s → 600 s.'], left: ['night, version 2 is on trial'] },
  found: {
    ...{ records: 1024, missing: 3, gaps: null, firstMs: 1_789_000_000_000, lastMs: 1_790_000_000_000 },
    ...{ starts: [{ cause: 'watchdog', count: 2 }], leastMillivolts: 3100, lastMillivolts: 3250 },
    ...{ noiseFloorDb: -61.5, highestDb: -12.25, clippedShare: 0.001 },
  },
};
const group: BoardGroup = {
  ...{ id: 'group-1', name: 'Valley', notes: '', settings: { listenS: 60 }, bank: null },
};

const rollout: Rollout = {
  ...{
    id: 'rollout-1',
    name: 'Night bank',
    createdMs: 1_790_000_000_000,
    by: 'page',
    target: 'the group Valley',
  },
  wanted: { settings: { listenS: 60 }, bank: null },
  ...{ boards: 1, stage: 0, state: 'under way', goesBack: null, paused: false, seed: 7, jobId: 'job-1' },
  ...{
    message: 'Canaries: its boards are watched.',
    falseAlarms: 0.05,
    leastInferences: 500,
    leastHours: 24,
  },
  ...{ approve: false, endedMs: null },
  stages: [
    {
      ...{
        boards: 1,
        share: null,
        state: 'watching',
        startedMs: 1_790_000_000_000,
        endedMs: null,
        watched: 1,
      },
      ...{ away: 0, failed: 0, inferences: 120, hours: 0.5 },
      gates: [
        {
          ...{ gate: 'latency', evidence: 0.5, threshold: 6.0403, before: 30_000, now: 31_000, boards: 1 },
          ...{ unjudged: [], worst: { boardId: board.id, evidence: 0.5 } },
        },
      ],
    },
  ],
};
const rolloutBoard: RolloutBoard = {
  ...{ boardId: board.id, boardName: 'Heron', stage: 0, outcome: 'watched', error: null },
  former: { own: { settings: {}, bank: null }, ran: null, settings: { listenS: 30 } },
  ...{ beforeMs: 1_790_000_000_000, sinceMs: 1_790_000_010_000, probe: { windows: 30, agreed: 30 } },
  failuresBefore: { errors: 0, restarts: 1, inferences: 10_000 },
};
const ofRollout = { rolloutId: rollout.id };

const stage = { largest: 1e-6, at: 17, relative: 1e-7, rmse: 1e-7, mae: 1e-8, l2: 1e-7, cosine: 1 };
const comparedWindow: ComparedWindow = {
  ...{ board: 0, model: 0, clip: 3, window: 2, startS: 0.96, ordinal: 29, inferenceId: 30, sequence: 31 },
  places: { board: 0, quantized: 0, float: 0 },
  curiosity: { board: 0, quantized: 0, float: 0 },
  score: { board: 0, quantized: 0, float: 0 },
  logits: { board: [1.5, -0.25], quantized: [1.5, -0.25], float: [1.75, -0.5] },
  ...{ stagesRan: 1, latencyUs: [30_000, 102_000, 0, 4000], latencySource: 'modelled' },
  ...{ energyNanojoule: 6e6, energySource: 'modelled' },
  errors: {
    features: stage,
    encoder: stage,
    router: null,
    expert: stage,
    answer: stage,
    quantization: stage,
  },
  ...{ sameHeard: true, sameClass: true, sameChoice: null, firstOff: null },
};
const comparison: Comparison = {
  jobId: 'job-1',
  boards: [
    { choice: 'virtual', name: 'study', kind: 'virtual', profile: 'stm32l4r5-120mhz', simulated: true },
  ],
  models: [
    {
      ...{ id: 'night', name: 'Night', kind: 'expert', classes: ['dog', 'rain'], experts: ['Night'] },
      imageBytes: 2 ** 33,
    },
  ],
  ...{ clips: 300, labelled: true, failed: [{ path: '/r/b.wav', message: 'It is empty.' }] },
  rules: [{ check: 'expert', limit: 1e-3, share: 0.99 }],
  runs: [],
};

export const job: Job = {
  id: 'job-1',
  kind: 'deploy',
  title: 'Deploy “night”',
  state: 'running',
  progress: 0.5,
  detail: 'half of it',
  createdMs: 1_790_000_000_000,
  startedMs: 1_790_000_000_500,
  finishedMs: null,
  workedMs: 2000,
  leftMs: 2000,
  reads: ['night'],
  writes: ['Heron'],
  error: null,
  canPause: false,
  result: null,
};

const store: ExpertStore = {
  slots: [
    {
      slot: 0,
      state: 'verified',
      length: 70_000,
      offset: 70_000,
      name: 'night',
      kind: 'expert',
      bits: 4,
      ternary: false,
      version: 3,
      signed: true,
      sha256: 'cd'.repeat(32),
      active: true,
      previous: false,
    },
  ],
  slotCount: 12,
  bytes: 2 ** 20,
  freeBytes: 900_000,
  active: [0],
  router: null,
  previous: [],
  trial: 'trial',
};

const uncertainItem: UncertainItem = {
  ...{ number: 4, boardId: 'a1', bootId: 7, sequence: 1234, atMs: 1_780_000_000_000 },
  ...{ receivedMs: 1_780_000_100_000, night: '2026-05-28', entropy: 1.5, expert: 'ab'.repeat(8) },
  label: '雨',
  probabilities: [{ label: '雨', probability: 0.375 }],
  decisions: [{ reviewer: 'Ada', verdict: 'other', label: 'Wind', atMs: 1_780_000_200_000 }],
};

const settings: BoardSettings = {
  name: 'Küste 雨',
  latitude: 54.5,
  longitude: -8.25,
  microphoneRate: 48_000,
  listenS: 60,
  periodS: 600,
  hopSamples: 7680,
  leastProbability: 0.5,
  mostEntropy: 1.5,
  telemetryIntervalMs: 1000,
  autoStart: true,
  uncertainPercent: 0,
  uncertainPaceS: 600,
};

const expert: ExpertInfo = {
  id: 'night',
  name: 'Night',
  bank: 'shipped',
  version: 2,
  precision: 4,
  bits: 4,
  encoder: 'ears',
  heldOutFold: 4,
  classes: ['rain', 'küstenvogel', '雨'],
  embeddingSize: 256,
  imageBytes: 70_000,
  imageSha256: 'cd'.repeat(32),
  accuracy: 0.875,
  testedClips: 80,
  macroF1: 1 / 3,
  card: '# Night\n',
};

const router: RouterInfo = {
  id: 'curious',
  name: 'Curious',
  bank: 'own',
  version: 1,
  experts: ['night', 'day'],
  encoder: null,
  cascade: { decision: 'entropy', thresholds: [0.4] },
  imageBytes: 9_000,
  imageSha256: 'de'.repeat(32),
  accuracy: 0.9,
  testedClips: 80,
  macroF1: 2 / 3,
  heldOutFold: null,
  card: '# Curious\n',
};

const encoder: EncoderInfo = {
  id: 'ears',
  name: 'Ears',
  bank: 'shipped',
  version: 1,
  embeddingSize: 256,
  parameters: 120_000,
  heldOutFold: 4,
  imageBytes: 140_000,
  imageSha256: 'ef'.repeat(32),
  memory: { fusedLayers: 8, arenaBytes: 40_000 },
};

const battery: BatterySetting = {
  cell: { name: '3 × AA', volts: 3.75, milliampHours: 2850, usableShare: 0.7, lossPerYear: 0.03 },
  own: [],
  idle: { 'chip-80mhz': { listening: 0.009, asleep: 4.2e-6, source: 'a datasheet' } },
};
const key: SigningKey = {
  id: 'fedcba9876543210',
  name: 'Station',
  publicKey: 'ef'.repeat(32),
  createdMs: 1_790_000_000_000,
  keptIn: 'file',
};

const capture: Capture = {
  ...{
    id: 'capture-1',
    name: 'Küste',
    state: 'cut',
    startedMs: 1_790_000_000_000.5,
    createdMs: 1_790_000_000_000,
  },
  ...{
    samplesPerSecond: 100_000,
    samples: 2 ** 40,
    lost: 64,
    lostByTime: 64,
    lateLosses: [5],
    discardedBytes: 3,
  },
  ...{ rangeChanges: 12, least: 1e-7, mean: 1e-3, most: 0.5, millivolts: 3300, mode: 'source' },
  ...{ from: '/dev/ttyACM0', uncalibrated: ['r3'], problem: null, bytes: 2 ** 42 },
  trigger: { on: 'above', level: 5e-3, pin: 0, atSample: 25_000 },
};
const ofCapture = { captureId: capture.id };

/** Every byte value, often enough that no transport takes it for small. */
export const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) & 0xff);
const audio = { pcm: bytes, samples: bytes.length / 2 };
const text = { name: 'export.csv', mime: 'text/csv', text: 'a,b\r\n1,“ü”\r\n' };
const ofBoard = { boardId: board.id };
const ofJob = { jobId: job.id };
const filter = { measure: 'peak' } as const;

const held = { records: 12, firstMs: 1_780_000_000_000, lastMs: 1_790_000_000_000 };

const epoch = { epoch: 1, trainingLoss: 1.5, validationLoss: 1.25, validationAccuracy: 0.5 };

const dataSet: DataSetInfo = {
  name: 'r',
  layout: 'a folder a class',
  variant: 'all',
  classes: [{ name: 'rain', clips: 3 }],
  folds: [{ fold: 1, clips: 3, sources: 2 }],
  officialFolds: false,
  sources: 2,
  counts: { found: 4, outsideVariant: 0, used: 3, leftOut: 1 },
  problems: [{ what: 'Silent clip', count: 1, sentences: ['a.wav is silent.'] }],
};

const played: Played = {
  id: 'play-1',
  jobId: job.id,
  boardId: board.id,
  boardName: board.name,
  bank: {
    router: { name: 'Curious', version: 1, sha256: 'de'.repeat(32) },
    topK: 1,
    experts: [{ name: 'night', version: 3, sha256: 'cd'.repeat(32) }],
    encoders: [],
  },
  source: { kind: 'file', path: '/r/雨.wav' },
  file: { bytes: 2 ** 40, modifiedMs: 1_790_000_000_000.25 },
  startS: 0,
  durationS: null,
  startedMs: 1_790_000_000_000,
  endedMs: null,
  windows: 12,
  error: null,
};

const reviewSet: ReviewSet = {
  ...{ id: 'set', jobId: job.id, createdMs: 1_790_000_000_000, seed: 7, size: 1 },
  strata: [{ label: '雨', from: 0.5, to: 1, population: 3, drawn: 1 }],
  reviewers: [{ reviewer: 'Ada', decided: 1 }],
};
const reviewItem: ReviewItem = {
  ...{ number: 0, stratum: 0 },
  detection: {
    ...{ fileId: 7, number: 0, path: '/r/a.wav', channel: null, startS: 0.5, endS: 1.5, atMs: null },
    ...{ label: '雨', peak: 0.75, peakS: 0.5 },
  },
  file: { seconds: 60, sampleRate: 48_000, channels: 1 },
  decisions: [{ reviewer: 'Ada', verdict: 'other', label: 'Wind', atMs: 1_790_000_000_000 }],
};

const ownModel: OwnModel = {
  ...{ id: 'model:birds', classes: 6522, labels: ['Numenius arquata_Großer Brachvogel'], bytes: 2 ** 26 },
  description: {
    ...{ name: 'Birds', sampleRate: 48_000, windowSamples: 144_000, hopSamples: 144_000 },
    input: { name: 'in', kind: 'waveform', type: 'float32', shape: [144_000], batch: 'any', scale: 1 },
    output: { name: 'out', values: 'logits', activation: 'sigmoid' },
    ...{ embedding: null, licence: 'CC BY-NC-SA 4.0' },
  },
  ...{ sha256: 'ab'.repeat(32), addedMs: 1_790_000_000_000 },
  check: {
    ...{ checkedMs: 1_790_000_000_000, notes: [], batch: 8, embeddingSize: null, windowMs: 60.5 },
    ...{ timesRealtime: 49.6, heard: { clip: 'dog', label: 'Canis lupus', probability: 0.75 } },
  },
};

const applied: AppliedThresholds = {
  ...{ ...ofJob, setId: 'set', atMs: 1_790_000_000_000, precision: 0.9, rule: 'fit' },
  classes: [
    { label: 'Wind', least: null },
    { label: '雨', least: 0.75 },
  ],
};

const alert: Alert = {
  ...{ id: 'a-1', ruleId: 'usual voltage', kind: 'voltage', ...ofBoard, boardName: 'heron', state: 'open' },
  ...{ text: 'The supply of heron is at 2.70 V.', raisedMs: 1e12, changedMs: 1e12, snoozedUntilMs: null },
  ...{ clearedMs: null, log: [{ atMs: 1e12, what: 'raised', by: null, more: '' }] },
};
const alertRule: AlertRule = {
  ...{ id: 'usual voltage', kind: 'voltage', on: true, target: { kind: 'all' }, threshold: 2900.5 },
  ...{ forMs: 600_000, hysteresis: 100, coolDownMs: 3_600_000, className: '' },
};
const webhook: WebhookState = {
  ...{ on: true, url: 'https://chat.example/hook', sent: 3, failed: 0, dropped: 1, waiting: 0, last: null },
};

/** One request of each name, as a page would make it, and what this lab answers. */
const tinyRecord: TinyRecord = {
  ...{ jobId: 'job-1', benchmark: 'accuracy', folder: '/r', startedMs: 2 ** 41, lengths: null, runs: [] },
  device: {
    ...{ portId: '/dev/ttyACM0', baudRate: 115_200, vendor: '雨', firmware: 'V0.0.1', model: 'kws01' },
    ...{ mode: 'performance', simulated: false },
  },
  meter: { name: 'Power Profiler Kit 2', volts: 1.8 },
  answers: [{ input: 'a.bin', label: 0, windows: 1, results: [1e-3, 1], reference: null, problem: null }],
  ...{ score: { top1: null, auc: 0.9 }, target: null, reference: null, agreement: null },
};

export const exchanges: { [N in RequestName]: [RequestParams<N>, RequestResult<N>] } = {
  'lab.info': [
    {},
    {
      version: '0.1.0',
      shell: 'test',
      role: 'operator',
      dataFolder: '/data',
      openedMs: 1_790_000_000_000,
      roots: ['/data/sounds'],
      storeLosses: ['Lost: 2 of 3 rows of jobs.'],
    },
  ],
  'lab.log': [
    { limit: 10 },
    [{ number: 1, count: 1, atMs: 1, level: 'warning', subject: null, text: 'one' }],
  ],
  'ports.list': [{}, { ports: [], problem: 'udevadm is missing' }],
  'boards.list': [{}, [board]],
  'boards.attach': [{ portId: '/dev/ttyACM0', baudRate: 921_600 }, board],
  'ports.identify': [
    { portId: '/dev/ttyUSB7', baudRate: 115_200 },
    { kind: 'smp', what: 'a device that speaks SMP', advice: 'Look at it.', baud: 115_200 },
  ],
  'ports.remove': [{ portId: 'virtual:virtual-2' }, null],
  'boards.detach': [ofBoard, null],
  'boards.holdings': [
    ofBoard,
    { telemetry: held, deployments: 2, logEntries: 5, visits: 1, described: true, files: true },
  ],
  'details.list': [{}, [details]],
  'groups.list': [{}, [group]],
  'details.change': [
    {
      boardIds: [board.id],
      change: {
        ...{ name: 'Reed bed', site: 'Lough Gill', latitude: 54.25, longitude: -8.5, tags: ['marsh'] },
        ...{ notes: 'On the third post.', groupId: 'group-1', settings: { periodS: 600, listenS: null } },
        expertId: 'night',
      },
    },
    [details],
  ],
  'groups.save': [
    { groupId: 'group-1', name: 'Valley', notes: '', settings: { listenS: 60 }, expertId: null },
    group,
  ],
  'groups.remove': [{ groupId: 'group-1' }, null],
  'details.table': [{}, { name: 'boards.csv', mime: 'text/csv', text: 'board,site\r\n' }],
  'visits.make': [ofBoard, visit],
  'visits.get': [{ visitId: visit.id }, visit],
  'visits.setting': [{}, { awayHours: null }],
  'visits.change': [{ awayHours: 48 }, { awayHours: 48 }],
  'visits.list': [{ ...ofBoard, before: 1_790_000_000_000, limit: 20 }, [visit]],
  'rollouts.start': [
    {
      ...{ name: 'Night bank', target: { kind: 'group', groupId: 'group-1' }, settings: { listenS: 60 } },
      ...{ canaries: 1, shares: [0.5, 1], seed: 7, falseAlarms: 0.05, leastInferences: 500, leastHours: 24 },
    },
    rollout,
  ],
  'rollouts.list': [{ beforeMs: 1_790_000_000_001, limit: 20 }, [rollout]],
  'rollouts.get': [ofRollout, rollout],
  'rollouts.boards': [{ ...ofRollout, after: 0, limit: 100 }, [rolloutBoard]],
  'rollouts.log': [
    { ...ofRollout, after: 0, limit: 100 },
    [{ number: 1, atMs: 1_790_000_000_000, text: 'Started.', by: 'page' }],
  ],
  'rollouts.approve': [ofRollout, rollout],
  'rollouts.pause': [ofRollout, rollout],
  'rollouts.resume': [ofRollout, rollout],
  'rollouts.halt': [ofRollout, rollout],
  'rollouts.rollback': [ofRollout, rollout],
  'fleet.update': [{ boardIds: [board.id], whenMet: true }, job],
  'details.read': [{ text: 'board,site\r\n' }, { changed: 0, same: 0, groupsMade: ['Valley'] }],
  'boards.forget': [ofBoard, null],
  'boards.log': [
    { ...ofBoard, before: 8, limit: 10 },
    [
      {
        ...{ ...ofBoard, number: 7, atMs: 1_790_000_000_000, count: 2 },
        ...{ kind: 'settings', level: 'info', text: 'Settings: latitude 52° → 52.1°.', by: 'page' },
      },
    ],
  ],
  'boards.reset': [ofBoard, null],
  'boards.chips': [
    {},
    [{ name: 'stm32l4r5-120mhz', title: 'STM32L4R5', storeBytes: 1_966_080, unfit: null }],
  ],
  'boards.addVirtual': [{ chip: 'stm32l4r5-120mhz' }, board],
  'boards.machines': [{}, [{ name: 'mps2-an386', title: 'Cortex-M4F on QEMU (mps2-an386)' }]],
  'boards.addQemu': [{ machine: 'mps2-an386' }, board],
  'boards.listen': [{ ...ofBoard, on: true, clipId: 'rain' }, null],
  'boards.settings': [ofBoard, { ...settings, latitude: null, longitude: null }],
  'boards.changeSettings': [{ ...ofBoard, settings }, settings],
  'boards.setKey': [{ ...ofBoard, keyId: null, protect: false }, board],
  'experts.list': [{}, [expert]],
  'experts.routers': [{}, [router]],
  'experts.encoders': [{}, [encoder]],
  'experts.file': [{ expertId: 'night', file: 'image' }, bytes],
  'experts.bankUse': [
    { bank: 'own' },
    {
      bytes: 2 ** 33,
      boards: [{ id: board.id, name: 'Küste', away: true }],
      jobs: [{ id: 'job-1', title: 'Classify /r with Night' }],
    },
  ],
  'experts.deleteBank': [{ bank: 'own', boards: [board.id] }, null],
  'experts.export': [
    { bank: 'own', member: 'own-q4', path: '/out/own.curlew-bank', overwrite: true },
    { path: '/out/own.curlew-bank', bytes: 2 ** 33 },
  ],
  'experts.import': [
    { path: '/in/own.curlew-bank', name: 'other' },
    { bank: 'other', present: false, experts: 5, routers: 1, encoders: 1 },
  ],
  'compare.start': [
    {
      ...{
        boards: ['virtual', board.id],
        models: ['night'],
        paths: ['/r'],
        classes: { bark: 'dog' },
        clips: 300,
      },
      rules: [{ check: 'expert', limit: 1e-3, share: 0.99 }],
    },
    { ...job, kind: 'compare' },
  ],
  'compare.get': [{ jobId: 'job-1' }, comparison],
  'compare.clips': [
    { jobId: 'job-1', board: 0, model: 0, by: 'expert', skip: 0, limit: 100 },
    [
      {
        ...{ board: 0, model: 0, clip: 3, path: '/r/a.wav', label: 'dog', windows: 9, firstOff: null },
        said: { board: 'dog', quantized: 'dog', float: 'rain' },
        worst: { features: 1e-7, encoder: 0, router: null, expert: 2e-7, answer: 1e-3, quantization: 0.2 },
      },
    ],
  ],
  'compare.windows': [{ jobId: 'job-1', board: 0, model: 0, clip: 3 }, [comparedWindow]],
  'compare.statistics': [
    { jobId: 'job-1' },
    { jobId: 'job-1', figures: [], tests: [], residuals: [], tradeOffs: [], mostPairs: 1000 },
  ],
  'compare.report': [
    { jobId: 'job-1' },
    { name: 'comparison.html', mime: 'text/html', text: '<!doctype html>' },
  ],
  'compare.write': [
    { jobId: 'job-1', format: 'parquet', path: '/out/c.parquet', overwrite: true },
    { path: '/out/c.parquet', rows: 2 ** 33 },
  ],
  'experts.importEncoder': [
    { path: '/models/ears.onnx', name: 'ears', recordings: '/r' },
    { ...job, kind: 'encoder' },
  ],
  'models.list': [{}, [ownModel]],
  'models.add': [{ path: '/models/birds.onnx' }, ownModel],
  'models.check': [{ modelId: ownModel.id }, ownModel],
  'models.remove': [{ modelId: ownModel.id }, null],
  'datasets.inspect': [{ path: '/r', layout: 'folders' }, dataSet],
  'train.start': [
    { path: '/r', name: 'own', heldOutFold: null, bank: ['q4'], hidden: [64, 32] },
    { ...job, kind: 'train' },
  ],
  'evaluate.start': [
    { path: '/r', alphas: [1, 0.3], board: 'none', margin: 0.05 },
    { ...job, kind: 'evaluate' },
  ],
  'evaluate.cost': [
    { path: '/r', seeds: 5 },
    { folds: 4, seeds: 5, fits: 620, seconds: 3600 },
  ],
  'evaluate.bank': [
    { path: '/r', bankId: 'own', classes: { bark: 'dog', hum: '' }, board: 'none' },
    { ...job, kind: 'evaluate' },
  ],
  'train.curves': [ofJob, { q4: [epoch] }],
  'evaluate.file': [
    { ...ofJob, name: 'report.html', from: 500_000 },
    { ...text, next: 1_000_000 },
  ],
  'evaluate.bytes': [
    { ...ofJob, name: 'answers-clips.parquet', from: 500_000 },
    { name: 'a.parquet', mime: 'application/vnd.apache.parquet', bytes: new Uint8Array([1, 2]), next: null },
  ],
  'keys.list': [{}, [key]],
  'keys.create': [{ name: 'Station' }, key],
  'keys.delete': [{ keyId: key.id }, []],
  'keys.export': [{ keyId: key.id }, text],
  'keys.backup': [{ passphrase: 'a long passphrase' }, text],
  'keys.restore': [
    { text: 'pem', passphrase: 'a long passphrase' },
    { restored: [key], present: [] },
  ],
  'slots.list': [ofBoard, store],
  'slots.activate': [{ ...ofBoard, slots: [0, 2], router: 1 }, store],
  'slots.erase': [{ ...ofBoard, slot: 0 }, store],
  'slots.rollback': [ofBoard, store],
  'slots.confirm': [ofBoard, store],
  'deploy.start': [{ ...ofBoard, expertId: 'night', activate: false }, job],
  'deploy.files': [{ ...ofBoard, paths: ['/images/night.cxp'] }, job],
  'clips.list': [{}, []],
  'clips.audio': [{ clipId: 'rain' }, audio],
  'play.start': [
    { ...ofBoard, source: { kind: 'file', path: '/r/a.wav' } },
    { ...job, kind: 'play' },
  ],
  'play.newest': [{ ...ofBoard, source: { kind: 'clip', clipId: 'rain' } }, [played]],
  'play.recordings': [{ ...ofJob, after: 'play-1', limit: 10 }, [played]],
  'play.windows': [{ playedId: 'play-1', fromS: 0, toS: 120, afterS: 0.48, limit: 1000 }, []],
  'telemetry.records': [{ ...ofBoard, before: { bootId: 0xffff_ffff, sequence: 9 }, limit: 5 }, []],
  'telemetry.summary': [
    ofBoard,
    {
      ...ofBoard,
      records: 12,
      missing: 3,
      gaps: [{ bootId: 1, afterSequence: 4, missing: 3 }],
      clockSteps: [{ bootId: 1, afterSequence: 7, stepMs: -2300 }],
      repeated: 0,
      countedBack: 0,
      latencyUs: { p50: 1, p95: 2.5, p99: 3 },
      latencySource: 'counted',
      energyNanojoule: null,
      energySource: 'none',
    },
  ],
  'telemetry.series': [
    { ...ofBoard, figure: 'latency_us', fromMs: 1e12, toMs: 2e12, points: 500 },
    {
      ...{ ...ofBoard, figure: 'latency_us', level: 'hours', everyMs: 3_600_000, fromMs: 1e12, toMs: 2e12 },
      lines: [
        { source: 'counted', buckets: [{ atMs: 1e12, records: 2, min: 0.5, max: 2.5, mean: 1.5 }] },
        { source: null, buckets: [] },
      ],
    },
  ],
  'telemetry.classes': [
    { ...ofBoard, fromMs: 1e12, toMs: 2e12, points: 24 },
    {
      ...{ ...ofBoard, everyMs: 3_600_000, fromMs: 1e12, toMs: 2e12 },
      classes: [
        { name: 'rain', records: 3 },
        { name: null, records: 1 },
      ],
      buckets: [{ atMs: 1e12, records: [3, 1] }],
    },
  ],
  'power.devices': [{}, { devices: [{ portId: '/dev/ttyACM0', name: 'Kit', serial: 'E5' }], problem: null }],
  'power.switch': [{ portId: '/dev/ttyACM0', on: true, mode: 'source', millivolts: 3300 }, null],
  'power.record': [
    {
      ...{ portId: '/dev/ttyACM0', name: 'Küste', mode: 'ampere', millivolts: 3300, seconds: 0.5 },
      trigger: { on: 'above', level: 5e-3, pin: 0, beforeS: 0.25 },
    },
    { ...job, kind: 'capture' },
  ],
  'power.finish': [ofJob, { ...job, kind: 'capture' }],
  'power.captures': [{}, [capture]],
  'power.capture': [ofCapture, capture],
  'power.envelope': [
    { ...ofCapture, from: 0, to: 2 ** 40, points: 2 },
    {
      ...{ fromSample: 0, everySamples: 2 ** 39, samples: 2 ** 40, min: [1e-7, null], mean: [1e-3, null] },
      ...{ max: [0.5, null], lost: [0, 64], ever: [255, 0], always: [1, 0] },
    },
  ],
  'power.energy': [
    { ...ofCapture, pin: 0, stages: [{ name: 'encoder', pin: 1 }], millivolts: 3300 },
    {
      ...{ source: 'measured', volts: 3.3, from: 0, to: 1000, samplesPerSecond: 100_000 },
      whole: {
        ...{ joules: 1e-3, coulombs: 3e-4, seconds: 0.01, lost: 1, uncertainty: 1.25e-4 },
        parts: { calibration: 1e-4, resolution: 1e-5, noise: 0, edges: 0, lost: 1.5e-5 },
      },
      marked: {
        ...{ count: 1, cut: 1, withLoss: 0, joules: null, seconds: null, uncertainty: null, restWatts: 0.1 },
        list: [{ fromS: 0.25, toS: 0.5, joules: 1e-3, uncertainty: 1e-4, lost: 0 }],
      },
      stages: [{ name: 'encoder', pin: 1, missing: 0, joules: null, seconds: null, uncertainty: null }],
    },
  ],
  'tiny.identify': [{ portId: '/dev/ttyACM0', baudRate: 9600 }, tinyRecord.device],
  'tiny.performance': [
    { portId: '/dev/ttyACM0', folder: '/r' },
    { ...job, kind: 'tiny' },
  ],
  'tiny.accuracy': [
    {
      ...{ portId: '/dev/ttyACM0', folder: '/r' },
      reference: { path: '/m.onnx', output: null, type: 'int8', scale: 0.5, offset: -3 },
    },
    { ...job, kind: 'tiny' },
  ],
  'tiny.energy': [
    {
      ...{ portId: '/dev/ttyACM0', folder: '/r', meterPortId: '/dev/ttyACM1', meterMode: 'source' },
      ...{ millivolts: 1800, pin: 7 },
    },
    { ...job, kind: 'tiny' },
  ],
  'tiny.record': [ofJob, tinyRecord],
  'power.rename': [{ ...ofCapture, name: '雨' }, capture],
  'power.delete': [ofCapture, null],
  'power.export': [
    { ...ofCapture, path: '/out/a.ppk2', format: 'ppk2', from: 5, overwrite: true },
    { ...job, kind: 'export' },
  ],
  'power.import': [
    { path: '/in/a.csv', name: 'a', millivolts: 3000 },
    { ...job, kind: 'capture' },
  ],
  'power.trim': [
    { ...ofCapture, from: 10, to: 20, name: 'part' },
    { ...job, kind: 'capture' },
  ],
  'smp.look': [
    { portId: '/dev/ttyACM1', baudRate: 115_200 },
    {
      ...{ portId: '/dev/ttyACM1', baud: 115_200, curlew: null },
      identity: [['kernel', 'Zephyr']],
      parameters: { bufferSize: 384, bufferCount: 4 },
      tasks: [{ name: 'main', priority: -1, stackUsed: 10, stackSize: null, contextSwitches: 2 ** 40 }],
      pools: [{ name: 'mcumgr', blockBytes: 384, blocks: 4, free: 3, leastFree: 0 }],
      statistics: [{ name: 'smp_com', counts: [['frame_ok', 2 ** 33]] }],
      images: null,
    },
  ],
  'smp.echo': [
    { portId: '/dev/ttyACM1', count: 3, bytes: 16 },
    { source: 'measured', bytes: 16, baud: null, milliseconds: [1.5, 2.25], lost: 1 },
  ],
  'smp.upload': [
    { portId: '/dev/ttyACM1', path: '/in/a.bin', name: '/lfs/a.bin' },
    { ...job, kind: 'smp' },
  ],
  'smp.mark': [{ portId: '/dev/ttyACM1', hash: 'ab'.repeat(32), confirm: false }, []],
  'smp.erase': [{ portId: '/dev/ttyACM1' }, null],
  'smp.reset': [{ portId: '/dev/ttyACM1' }, null],
  'battery.setting': [{}, battery],
  'battery.choose': [{ boardId: null, cell: battery.cell }, battery],
  'telemetry.table': [
    { ...ofBoard, level: 'minutes', fromMs: 1e12, from: 7 },
    { name: 'heron-minutes.csv', mime: 'text/csv', text: 'Board\r\n', next: null },
  ],
  'telemetry.events': [
    { ...ofBoard, fromMs: 1e12, toMs: 2e12, groups: ['changes', 'records'] },
    {
      ...ofBoard,
      events: [
        {
          ...{ kind: 'gap', group: 'records', fromMs: 1e12, toMs: 1.1e12, count: 1, level: 'warning' },
          ...{ text: '3 records are missing.', by: null },
        },
      ],
      leftOut: 0,
    },
  ],
  'clocks.setting': [{}, { setsClocks: true }],
  'clocks.change': [{ setsClocks: true }, { setsClocks: true }],
  'fleet.overview': [
    { hours: 24 },
    [
      {
        ...ofBoard,
        records: 12,
        latencyUs: { p50: 1.5, p95: 2.5 },
        latencySource: 'modelled',
        energyNanojoule: null,
        energySource: 'none',
        topProbability: 0.5,
        entropy: null,
        curiosity: 0,
        levelDb: -42.5,
        noiseFloorDb: null,
        clippedShare: 0.001,
        firstMs: 1e12,
        lastMs: 2e12,
      },
    ],
  ],
  'alerts.list': [{ cleared: false, limit: 10 }, [alert]],
  'alerts.counts': [{}, { open: 1, acknowledged: 0, snoozed: 2 }],
  'alerts.acknowledge': [{ alertIds: ['a-1'] }, { changed: 1 }],
  'alerts.snooze': [{ alertIds: ['a-1'], minutes: 60 }, { changed: 1 }],
  'alerts.rules': [{}, [alertRule]],
  'alerts.saveRule': [{ ruleId: 'usual voltage', threshold: 2900.5 }, alertRule],
  'alerts.removeRule': [{ ruleId: 'r-1' }, null],
  'alerts.webhook': [{}, webhook],
  'alerts.setWebhook': [{ on: true, url: 'https://chat.example/hook' }, webhook],
  'alerts.testWebhook': [{}, { status: 204, text: 'It was taken (204).', ok: true }],
  'fleet.microphones': [
    {},
    {
      atMs: 1e12,
      boards: [
        {
          ...{ ...ofBoard, state: 'fell silent', hours: [1e12, 1.1e12], noiseFloorDb: -90.5, levelDb: -88 },
          ...{ clippedShare: null, usualDb: -62.25, neighbours: 4 },
        },
      ],
    },
  ],
  'fleet.drift': [
    {},
    {
      atMs: 1e12,
      falseShare: 0.05,
      boards: [
        {
          ...ofBoard,
          state: 'judged',
          p: 0.001,
          drifting: true,
          neighbours: 4,
          moved: 'class',
          stability: 0.3,
          shares: { bins: [0, 3], before: [0.75, 0.25], now: [0.25, 0.75] },
          before: [1e11, 2e11],
          now: [3e11, 4e11],
        },
      ],
    },
  ],
  'publish.prometheus': [{}, { on: true, token: null, address: null }],
  'publish.switchPrometheus': [
    { on: true },
    { on: true, token: 'a-Z_9', address: 'http://127.0.0.1:8000/metrics' },
  ],
  'publish.testPrometheus': [{}, { ok: true, text: 'It answered 200 with 3 samples.' }],
  'publish.mqtt': [{}, mqtt],
  'publish.setMqtt': [{ on: true, settings: { ...mqtt.settings, user: '' }, password: null }, mqtt],
  'publish.testMqtt': [{}, { ok: false, text: 'Nothing listens there.' }],
  'publish.scrape': [{ token: 'a-Z_9' }, { outcome: 'told', text: 'up{board="雨"} 1\n' }],
  'telemetry.levels': [{}, [{ level: 'records', rows: 12, bytes: 262_144, firstMs: null }]],
  'telemetry.retention': [{}, { recordDays: null, minuteDays: 400 }],
  'telemetry.retain': [
    { recordDays: 90, minuteDays: null },
    { recordDays: 90, minuteDays: null },
  ],
  'telemetry.export': [
    {
      ...{ path: '/r/fleet.parquet', format: 'parquet', level: 'minutes', boardIds: [] },
      ...{ fromMs: 1_790_000_000_000.5, toMs: 1_791_000_000_000, overwrite: true },
    },
    job,
  ],
  'telemetry.holds': [{ ...ofBoard, beforeMs: 1_790_000_000_000.5 }, held],
  'telemetry.delete': [ofBoard, { records: 12 }],
  'jobs.list': [{ after: { createdMs: 1_790_000_000_000, id: 'job-2' }, limit: 50 }, [job]],
  'jobs.get': [ofJob, job],
  'jobs.pause': [ofJob, { ...job, state: 'paused' }],
  'jobs.resume': [ofJob, job],
  'jobs.cancel': [ofJob, { ...job, state: 'cancelled', error: { code: 'ABORTED', message: 'Stopped.' } }],
  'jobs.holdings': [ofJob, { goes: ['its report'], stays: ['the recordings'], bytes: 2 ** 40 }],
  'jobs.delete': [ofJob, { goes: [], stays: ['the recordings'], bytes: 0 }],
  'files.browse': [
    { path: '/r', kind: 'onnx' },
    { path: '/r', parent: null, entries: [] },
  ],
  'recordings.find': [
    { path: '/r', limit: 1000 },
    {
      path: '/r',
      folder: true,
      files: ['/r/雨.wav'],
      total: 2,
      failed: [{ path: '/r/x', message: '/r/x may not be read.' }],
    },
  ],
  'recordings.inspect': [
    { path: '/r/a.flac' },
    {
      path: '/r/a.flac',
      format: 'FLAC',
      sampleRate: 48_000,
      channels: 2,
      seconds: null,
      bytes: 2 ** 40,
      modifiedMs: 1,
    },
  ],
  'recordings.audio': [{ path: '/r/a.flac', startS: 0.25, durationS: 60 }, audio],
  'recordings.sound': [
    { path: '/r/a.flac', startS: 3600, durationS: 2, channel: 1 },
    { ...audio, sampleRate: 384_000 },
  ],
  'recordings.spectrogram': [
    { path: '/r/a.flac', channel: 'mix', startS: 0, columnS: 0.01, columns: 2, windowSamples: 512 },
    { columns: 2, bands: 257, sampleRate: 384_000, levels: new Uint8Array(2 * 257) },
  ],
  'classify.start': [
    {
      paths: ['/r'],
      modelId: 'night',
      settings: { ...usualSettings, threshold: 0.25, channel: 1, timeZone: '+02:00' },
      watch: true,
    },
    { ...job, kind: 'classify' },
  ],
  'classify.repeat': [
    { ...ofJob, paths: ['/r'], watch: true },
    { ...job, kind: 'classify' },
  ],
  'classify.finish': [ofJob, job],
  'classify.provenance': [ofJob, null],
  'classify.files': [{ ...ofJob, after: 7, limit: 1000 }, []],
  'classify.detections': [{ ...ofJob, fileId: 7, limit: 1000 }, []],
  'detections.list': [
    {
      ...ofJob,
      filter: { sites: ['Küste', null], least: 0.5, measure: 'mean' },
      sort: { by: 'peak', descending: true },
      offset: 100,
      limit: 100,
    },
    { rows: [], total: 1_000_000 },
  ],
  'detections.classes': [
    { ...ofJob, filter: { labels: ['雨'], measure: 'peak' } },
    {
      ...{ detections: 3, files: 2 },
      classes: [
        { label: '雨', detections: 3, files: 2, seconds: 4.5, sites: [{ site: null, detections: 3 }] },
      ],
      experts: [{ expert: 'night', detections: 3 }],
      sites: [{ site: null, files: 2, recordedS: 120 }],
      withoutTime: { files: 1, detections: 0 },
    },
  ],
  'detections.timeline': [
    { ...ofJob, filter, by: 'night', after: '2026-11-26', limit: 100 },
    [{ day: '2026-11-27', hours: [{ hour: 23, recordedS: 3600, detections: { 雨: 3 } }] }],
  ],
  'detections.windows': [
    { ...ofJob, fileId: 7, fromS: 60, after: { window: 125, channel: null }, limit: 1000 },
    [],
  ],
  'detections.score': [
    { ...ofJob, paths: ['/t/雨.selections.txt'], overlap: 0.25, files: 'all' },
    {
      ...{ rule: 'By overlap.', overlap: 0.25, files: 2, filesLeftOut: 1, marks: 3 },
      classes: [
        {
          ...{ label: '雨', marks: 3 },
          curve: [{ threshold: 0.5, detections: 0, matched: 0, precision: null, recall: 0, f1: 0 }],
        },
      ],
    },
  ],
  'detections.write': [
    {
      ...{ ...ofJob, filter, format: 'clips', path: '/out/雨', overwrite: true },
      clips: { marginS: 2, most: 10, seed: 7, format: 'flac' },
    },
    {
      path: '/out/雨',
      files: 3,
      detections: 3,
      failed: [{ path: '/r/a.wav', message: 'There is no file at /r/a.wav.' }],
    },
  ],
  'detections.export': [
    { ...ofJob, filter, format: 'raven' },
    { ...text, next: { fileId: 7, number: 0, seconds: 60, secondsBefore: 0, selections: 1 } },
  ],
  'detections.provenance': [
    { ...ofJob, from: 7 },
    { ...text, next: 1007 },
  ],
  'reviews.create': [{ ...ofJob, labels: ['雨'], size: 1, seed: 7, edges: [0.5] }, reviewSet],
  'reviews.list': [{ ...ofJob, after: 'set-0', limit: 10 }, [reviewSet]],
  'reviews.get': [{ setId: 'set' }, reviewSet],
  'reviews.items': [{ setId: 'set', after: 7, limit: 10 }, [reviewItem]],
  'reviews.decide': [
    { setId: 'set', number: 1, reviewer: 'Ada', verdict: 'other', label: 'Wind' },
    reviewItem,
  ],
  'reviews.statistics': [
    { setId: 'set', precision: 0.9 },
    {
      precision: 0.9,
      classes: [
        {
          ...{ label: '雨', items: 1, decided: 1, right: 0, undecided: 0, population: 3 },
          trueDetections: { value: 0, low: 0, high: 2 },
          thresholds: [
            {
              ...{ from: 0.5, population: 3, decided: 1, right: 0 },
              sample: { share: 0, low: 0, high: 0.975 },
              precision: { value: 0, low: 0, high: 0.65 },
            },
          ],
          ...{ fit: null, heldFrom: null },
        },
      ],
      agreement: [{ reviewers: ['Ada', 'Bo'], items: 1, agreement: 1, kappa: null, low: null, high: null }],
    },
  ],
  'reviews.apply': [{ setId: 'set', precision: 0.9, rule: 'fit' }, applied],
  'reviews.applied': [ofJob, applied],
  'reviews.takeBack': [ofJob, null],
  'reviews.labelledSet': [
    { setId: 'set', path: '/out/雨', marginS: 0.5, background: 'Wind', beside: '/r', overwrite: true },
    {
      ...{ path: '/out/雨', classes: [{ label: '雨', clips: 3 }], cut: 1, copied: 2, leftOut: 1 },
      failed: [{ path: '/r/a.wav', message: 'There is no file at /r/a.wav.' }],
    },
  ],
  'detections.labelledSet': [
    {
      ...{ ...ofJob, filter, most: 10, path: '/out/雨', beside: '/r', overwrite: true },
      classes: [
        { label: '雨', as: 'Rain', least: 0.5 },
        { label: 'Wind', as: null, least: 0 },
      ],
    },
    {
      ...{ path: '/out/雨', classes: [{ label: 'Rain', clips: 3 }], cut: 1, copied: 2, leftOut: 1 },
      failed: [{ path: '/r/a.wav', message: 'There is no file at /r/a.wav.' }],
    },
  ],
  'reviews.undo': [{ setId: 'set', reviewer: 'Ada' }, null],
  'uncertain.pull': [
    { boardId: 'a1' },
    { fetched: 3, known: 1, room: 12, failed: ['Window 7: its checksum does not match.'] },
  ],
  'uncertain.list': [{ boardId: 'a1', undecidedBy: 'Ada', after: 3, limit: 20 }, [uncertainItem]],
  'uncertain.logMel': [
    { number: 4 },
    { frames: 96, bands: 64, offset: -0.25, scale: 19, codes: new Uint8Array(6144).fill(0x81) },
  ],
  'uncertain.counts': [{ reviewer: 'Ada' }, [{ boardId: 'a1', windows: 12, undecided: 11 }]],
  'uncertain.decide': [{ number: 4, reviewer: 'Ada', verdict: 'other', label: 'Wind' }, uncertainItem],
  'uncertain.undo': [{ reviewer: 'Ada' }, null],
  'uncertain.labelledSet': [
    { path: '/out/雨', background: 'Wind', beside: '/r', overwrite: true },
    {
      ...{ path: '/out/雨', classes: [{ label: '雨', clips: 3 }], cut: 1, copied: 2, leftOut: 1 },
      failed: [],
    },
  ],
  'data.look': [
    {},
    {
      folder: '/data',
      freeBytes: 2 ** 42,
      movesTo: '/srv/curlew',
      held: [{ jobId: '5b0c0d1e', state: 'failed', bytes: 29_000_000, files: 35 }],
      kinds: [{ kind: 'store', bytes: 2 ** 33, files: 3 }],
      clean: [{ kind: 'features', bytes: 2 ** 32, files: 70_000 }],
    },
  ],
  'data.clean': [{ kinds: ['features'] }, { bytes: 2 ** 32, files: 70_000 }],
  'data.move': [{ path: '/srv/curlew' }, { to: '/srv/curlew' }],
  'data.stay': [{}, null],
  'folders.list': [{}, { usual: ['/home/ada'], added: [] }],
  'folders.add': [{ path: '/srv/Aufnahmen 雨' }, { usual: ['/home/ada'], added: ['/srv/Aufnahmen 雨'] }],
  'folders.remove': [{ path: '/srv/Aufnahmen 雨' }, { usual: ['/home/ada'], added: [] }],
  'store.backup': [{ path: '/b/lab.duckdb' }, { path: '/b/lab.duckdb', bytes: 2 ** 40 }],
};
export const requestNames = Object.keys(exchanges) as RequestName[];

export interface StandIn {
  lab: Lab;
  /** What handlers were called with, in order: parameters that passed the contract. */
  calls: { name: RequestName; params: unknown }[];
  /** Replaces one handler. */
  answer<N extends RequestName>(name: N, handler: Handlers[N]): void;
  tell<E extends EventName>(event: E, payload: LabEvents[E]): void;
  allowed: string[];
  subscribers(): number;
  closes(): number;
}

export const logLine = (text: string): LogLine => ({
  number: 1,
  count: 1,
  atMs: 1,
  level: 'info',
  subject: null,
  text,
});

export function standInLab(): StandIn {
  const calls: StandIn['calls'] = [];
  const allowed: string[] = [];
  const listeners = new Set<(message: EventMessage) => void>();
  let closes = 0;
  const handlers = Object.fromEntries(
    requestNames.map((name) => [
      name,
      (params: unknown) => {
        calls.push({ name, params });
        return exchanges[name][1];
      },
    ]),
  ) as unknown as Handlers;
  return {
    calls,
    allowed,
    subscribers: () => listeners.size,
    closes: () => closes,
    answer: (name, handler) => void (handlers[name] = handler),
    tell(event, payload) {
      for (const listener of listeners) listener({ type: 'event', event, payload });
    },
    lab: {
      handle: (message, role, by) => dispatch(handlers, message, role, by),
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      allow: (path) => void allowed.push(path),
      servedAt: () => undefined,
      async close() {
        closes++;
      },
    },
  };
}
