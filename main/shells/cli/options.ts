/** Every option of the command line. Which command takes it stands with the command. */
import { degradationKinds } from '../../../models/augmentation/degrade.ts';
import { expertKinds } from '../../../models/study/kinds.ts';
import { defaultDataFolder } from '../../data-folder.ts';
import { detectionSorts, verdicts } from '../../detections/contract/filter.ts';
import { keptWindows } from '../../jobs/classify/contract/settings.ts';
import { mostPoints } from '../../fleet/contract/series.ts';
import { exportLevels } from '../../fleet/contract/telemetry.ts';
import { comparedChoices, comparedStages } from '../../jobs/compare/contract/stages.ts';
import { jobStates } from '../../jobs/contract.ts';
import { mostClips } from '../../labelled-sets/contract.ts';
import { inputTypes } from '../../mlperf-tiny/contract/results.ts';
import { thresholdRules } from '../../review/contract/rows.ts';

interface Option {
  /** What it takes, as help shows it; none for one that is there or not. */
  readonly value?: string;
  readonly about: string;
  /** It may be given several times. */
  readonly multiple?: true;
  /** It takes a whole number, from the first to the second. */
  readonly whole?: readonly [min: number, max: number];
  /** It takes one of these, or with `several` some of them, with commas between. */
  readonly among?: readonly string[];
  readonly several?: true;
}

const machines = ['mps2-an385', 'mps2-an386', 'mps2-an500', 'mps3-an547'];
const kinds = expertKinds.map(({ id }) => id);

export const options = {
  json: { about: 'one JSON document on standard output, nothing else' },
  data: { value: 'FOLDER', about: `where the lab keeps its store (${defaultDataFolder({})})` },
  help: { about: 'this text' },
  version: { about: 'name and version of this program' },
  board: {
    value: 'BOARD',
    about: 'which board, by serial number or name; the only attached one otherwise',
  },
  port: {
    value: 'PATH',
    about:
      'attach the board at this port first; for serve, the number to listen at; of MQTT, the broker’s (1883)',
  },
  baud: {
    value: 'N',
    whole: [1200, 12_000_000],
    about:
      'bits a second of that port (921600; of an SMP device 115200; of a device under test 115200, else 9600)',
  },
  emulated: {
    value: 'NAME',
    among: machines,
    about: `start an emulated board first: ${machines.join(', ')}`,
  },
  expert: {
    value: 'ID',
    about: 'which expert, or router, of the bank, or model of your own; its first expert otherwise',
  },
  threshold: { value: 'P', about: 'least probability of a window that a detection is made of (0.5)' },
  'class-threshold': { value: 'LABEL=P', multiple: true, about: 'the same for one class; several times' },
  hop: { value: 'N', whole: [1, 96], about: 'from window to window, in steps of 10 ms (48)' },
  channel: { value: 'WHICH', about: 'mix, each, or one counted from 1 (mix)' },
  'high-pass': { value: 'HZ', about: 'takes off what lies below (0, nothing)' },
  'top-k': { value: 'N', whole: [1, 20], about: 'classes of a window that may be detected (1)' },
  keep: {
    value: 'WHICH',
    among: keptWindows,
    about: `windows kept beside: ${keptWindows.join(', ')} (above)`,
  },
  gap: { value: 'S', about: 'detections of a class this close become one (0, where they touch)' },
  'class-gap': { value: 'LABEL=S', multiple: true, about: 'the same for one class; several times' },
  shortest: { value: 'S', about: 'shorter detections are left out (0, none)' },
  'class-shortest': { value: 'LABEL=S', multiple: true, about: 'the same for one class; several times' },
  watch: { about: 'go on with recordings that are copied there later, each once it is whole, until Ctrl-C' },
  'time-zone': {
    value: 'ZONE',
    about: 'where the recorders stood: Europe/Berlin, +02:00 (what the files say, else this computer’s)',
  },
  sites: {
    value: 'FILE',
    about: 'a CSV of site, latitude, longitude, and folder or prefix of the recordings made there',
  },
  copies: { about: 'files of the same bytes as one before count as well' },
  like: { value: 'JOB', about: 'as that classification: its expert or router, and its settings' },
  image: {
    value: 'FILE',
    multiple: true,
    about: 'an image of your own; several times for a router and its experts',
  },
  sign: { value: 'KEY', about: 'sign with this key, for a board that is to be given it' },
  'passphrase-file': {
    value: 'FILE',
    about:
      'the passphrase or password is its first line; asked for on the terminal, or read from standard input, otherwise',
  },
  protect: { about: 'from now on no image older than one that ran' },
  name: {
    value: 'NAME',
    about: 'of the new bank: a to z, 0 to 9 and hyphens; of a capture whatever you like',
  },
  layout: {
    value: 'NAME',
    among: ['esc50', 'urbansound8k', 'abgqi', 'folders', 'table'],
    about: 'esc50, urbansound8k, abgqi, folders or table; told by itself otherwise',
  },
  variant: { value: 'NAME', among: ['all', 'esc10', 'groups'], about: 'all, esc10 or groups, of ESC-50' },
  bank: {
    value: 'A,B,…',
    about:
      'kinds of experts, in the router’s order (ternary,q2,q4,q8,q16); with --on-data the name of a bank (shipped)',
  },
  'on-data': {
    value: 'FOLDER',
    about: 'test a bank that is there on labelled recordings; those that it has heard are left out',
  },
  others: {
    value: 'A,B,…',
    among: kinds,
    several: true,
    about: 'kinds to compare beside them (q1, popcount, ptq-mse, float, …; empty for none)',
  },
  encoder: {
    value: 'ID',
    about:
      'an encoder’s id, or what several ids begin with that end in a fold; auto or statistics; or a model of your own that has an embedding (auto)',
  },
  augment: {
    value: 'A,B,…',
    among: ['gain', 'shift', 'noise', 'pink-noise', 'masks', 'mixup', 'between-class'],
    several: true,
    about: 'gain, shift, noise, pink-noise, masks, mixup, between-class (gain,shift,noise)',
  },
  hidden: { value: 'A,B', about: 'widths of the experts’ hidden layers (640,320)' },
  epochs: { value: 'N', whole: [1, 10_000], about: 'at most (100)' },
  patience: {
    value: 'N',
    whole: [1, 10_000],
    about: 'epochs without a lower validation loss before it stops (15)',
  },
  topk: { value: 'N', whole: [1, 8], about: 'experts that answer together (1)' },
  passes: { value: 'N', whole: [0, 64], about: 'of the router’s dropout; 0: a plain router (10)' },
  seed: { value: 'N', whole: [0, 0x7fff_ffff], about: 'of everything drawn (1)' },
  seeds: {
    value: 'N',
    whole: [1, 20],
    about: 'how many seeds every fold is trained with, from --seed on: what luck makes of a score (1)',
  },
  alpha: { value: 'A', about: 'how far curiosity shifts the router’s choice (1)' },
  alphas: { value: 'A,B,…', about: 'of the mixtures compared, the first one in the tests (1,0.3,3)' },
  hard: {
    value: 'A,B,…',
    among: degradationKinds,
    several: true,
    about: 'test clips made harder too: noise, clip (another on top), rate, gain; empty for none (none)',
  },
  cascade: {
    value: 'A,B,…',
    about:
      'two or three encoders of rising cost, each with an expert of its own: what it saves to send a window on only where it is needed; “statistics”, an id, or what ids begin with that end in a fold (none)',
  },
  resamples: {
    value: 'N',
    whole: [100, 100_000],
    about: 'how often the bootstrap draws all sources anew (2000)',
  },
  windows: {
    value: 'N',
    whole: [1, 2000],
    about: 'that each mixture answers on the board (80); of a comparison: of each clip, its first (600)',
  },
  boards: {
    value: 'A,B,…',
    about:
      'virtual, virtual:CHIP, host, an emulated machine (as of --emulated), or an attached board’s id (virtual)',
  },
  models: { value: 'A,B,…', about: 'experts and routers by their ids (the first expert)' },
  'at-most': { value: 'N', whole: [1, 1_000_000], about: 'so many clips, drawn evenly (all)' },
  'answers-only': { about: 'without the stages on the way: half the board’s time' },
  'warm-up': { value: 'N', whole: [0, 1000], about: 'first answers of each model that are told apart (3)' },
  allow: {
    value: 'STAGE=X',
    multiple: true,
    about: `the most error that passes at ${comparedStages.join(', ')}; “none”: it is not judged; several times`,
  },
  share: {
    value: 'CHECK=P',
    multiple: true,
    about: `share of windows that must keep to a stage, or be of the ${comparedChoices.join(', ')} (1, of the expert 0.9: an activation on the edge of two integers is no fault); several times`,
  },
  heldout: { value: 'FOLD', whole: [0, 1000], about: 'leave this fold out, for the figures' },
  on: {
    value: 'BOARD',
    about: 'none, virtual, an emulated machine (as of --emulated), or an attached board’s id',
  },
  grid: { value: 'N', about: 'grams of CO2 a kWh (250)' },
  'grid-origin': { value: 'TEXT', about: 'where that figure is from: a grid and a year; stands beside it' },
  watts: { value: 'W', about: 'of this machine while it trains, for carbon (15)' },
  recordings: { value: 'FOLDER', about: 'recordings to calibrate it with' },
  state: {
    value: 'A,B,…',
    among: jobStates,
    several: true,
    about: `jobs in this state alone: ${jobStates.join(', ')}`,
  },
  out: { value: 'FOLDER', about: 'where to write the report and its tables' },
  csv: { value: 'FILE', about: 'write the table as CSV' },
  raven: { value: 'FILE', about: 'write one Raven selection table over all recordings' },
  html: { value: 'FILE', about: 'write a report as one page that needs nothing else' },
  parquet: { value: 'FILE', about: 'write the detections, or what was compared, as Parquet' },
  'json-lines': { value: 'FILE', about: 'write the detections as JSON, one a line, and files without one' },
  birdnet: { value: 'FILE', about: 'write the detections as BirdNET’s CSV' },
  kaleidoscope: { value: 'FILE', about: 'write the detections as Kaleidoscope’s CSV' },
  'raven-files': { value: 'FOLDER', about: 'write a Raven selection table for each recording' },
  'audacity-files': { value: 'FOLDER', about: 'write Audacity’s labels for each recording' },
  clips: { value: 'FOLDER', about: 'cut the detections out as WAV files, a folder a class' },
  flac: { about: 'of clips: as FLAC, the same samples in fewer bytes' },
  timeline: { value: 'FILE', about: 'draw detections by night and hour, as SVG' },
  margin: {
    value: 'S',
    about:
      'of clips: seconds before and behind each detection (1; of a labelled set 0.5); of an evaluation: accuracies this near count as equal (0.05)',
  },
  draw: {
    value: 'N',
    whole: [1, 100_000],
    about: 'of clips: at most so many of each class in each tenth of probability (50)',
  },
  overlap: {
    value: 'SHARE',
    about: 'of the shorter that a detection and a mark have in common at least (0.5)',
  },
  'all-files': { about: 'recordings that no table names hold nothing; left out otherwise' },
  label: { value: 'A,B,…', about: 'detections of these classes alone' },
  least: { value: 'P', about: 'whose peak probability is at least this' },
  most: { value: 'P', about: 'whose peak probability is at most this' },
  since: { value: 'DATE', about: 'that begin then or later: 2026-11-27, or 2026-11-27T14:03' },
  until: { value: 'DATE', about: 'that begin before' },
  site: { value: 'A,B,…', about: 'of these sites' },
  in: { value: 'TEXT', about: 'of recordings whose path holds this' },
  'answered-by': { value: 'A,B,…', about: 'of these experts' },
  reviewed: {
    value: 'A,B,…',
    among: [...verdicts, 'none'],
    several: true,
    about: 'decided so: yes, no, unsure, other; none: not reviewed',
  },
  'when-met': { about: 'boards that are not there are seen to when they are met' },
  group: { value: 'NAME', about: 'all boards of this group' },
  level: { value: 'WHICH', among: exportLevels, about: `${exportLevels.join(', ')} (records)` },
  points: { value: 'N', whole: [1, mostPoints], about: 'cut the time into at most so many stretches (48)' },
  sort: { value: 'BY', among: detectionSorts, about: `${detectionSorts.join(', ')} (file)` },
  descending: { about: 'the other way round' },
  limit: { value: 'N', whole: [1, 1000], about: 'show so many (20)' },
  size: { value: 'N', whole: [1, 10_000], about: 'draw so many in all (200)' },
  bins: { value: 'P,…', about: 'inner edges of the bins of peak probability, nine at most (0.1,0.2,…,0.9)' },
  reviewer: { value: 'NAME', about: 'who decides' },
  class: { value: 'NAME', about: 'with the verdict other: what it is instead' },
  rule: {
    value: 'BY',
    among: thresholdRules,
    about: 'fit: where the logistic fit reaches it; bound: its lower bound (fit)',
  },
  applied: { about: 'only what the thresholds leave that a review has applied to it' },
  background: { value: 'NAME', about: 'the class of what is no class; left out without one' },
  each: {
    value: 'N',
    whole: [1, mostClips],
    about: 'of a labelled set: at most so many of each class, the most probable first (200)',
  },
  as: {
    value: 'LABEL=CLASS',
    multiple: true,
    about:
      'what the set calls a class of the run, or a tested or compared bank a label of the recordings; “LABEL=” leaves it out; several times',
  },
  beside: { value: 'FOLDER', about: 'a labelled set of which the clips are copied into this one' },
  precision: { value: 'P', about: 'that is wished, of a threshold (0.9)' },
  sheet: { value: 'FILE', about: 'write the sheet of the visit as a page (HTML) that needs nothing else' },
  overwrite: {
    about: 'what is written may replace files that are there, but never recordings or what is read',
  },
  before: { value: 'DATE', about: 'only what is older: 2026-11-27, or 2026-11-27T14:03' },
  yes: { about: 'do it without asking' },
  host: {
    value: 'A',
    about:
      'the address to listen at (127.0.0.1); where others reach it, by TLS and with a password; of MQTT, the broker',
  },
  tls: { value: 'WHETHER', among: ['on', 'off'], about: 'on or off: whether the broker is spoken to by TLS' },
  authority: {
    value: 'FILE',
    about: 'PEM of the certificate that the broker’s is signed with (the system’s authorities)',
  },
  user: { value: 'NAME', about: 'at the broker; empty for nobody, and no password' },
  prefix: { value: 'TOPIC', about: 'what all topics begin with (curlew)' },
  discovery: {
    value: 'TOPIC',
    about: 'where Home Assistant looks for devices (homeassistant); empty: it is told nothing',
  },
  every: {
    value: 'N',
    whole: [1, 86_400],
    about: 'seconds over which records are summed up for the broker (30)',
  },
  folder: {
    value: 'FOLDER',
    multiple: true,
    about: 'open recordings in this folder too, as long as the lab runs; several times',
  },
  millivolts: {
    value: 'N',
    whole: [1, 60_000],
    about: 'what the device under test is supplied with; a kit supplies 800 to 5000',
  },
  meter: {
    value: 'AS',
    among: ['ampere', 'source'],
    about: 'ampere: another supply feeds the device under test; source: the kit does (ampere)',
  },
  seconds: { value: 'S', about: 'end after so long, after a trigger from there on (Ctrl-C)' },
  trigger: {
    value: 'WHEN',
    about: 'begin when: above=0.005 or below=0.001 (amperes), high=0 or low=0 (an input changes so)',
  },
  'before-trigger': { value: 'S', about: 'keep so much from before the trigger, 60 at most (0.1)' },
  start: { value: 'S', about: 'from this second of the capture on (0)' },
  stop: { value: 'S', about: 'up to this second of the capture (its end)' },
  pin: {
    value: 'N',
    whole: [0, 7],
    about: 'the input that is high while an inference lasts, or that a benchmark’s device pulls low (0)',
  },
  stages: { value: 'NAME=N,…', about: 'inputs that are high while stages of it last: features=1,encoder=2' },
  'meter-port': { value: 'PORT', about: 'of the kit that measures (the only one that is plugged in)' },
  reference: { value: 'FILE', about: 'an ONNX graph that the device’s answers are compared with' },
  output: { value: 'NAME', about: 'which of its outputs (“logits”, else the first)' },
  input: {
    value: 'TYPE',
    among: inputTypes,
    about: `what the bytes of an input are to it: ${inputTypes.join(', ')} (the model’s usual one, else int8)`,
  },
  scale: { value: 'X', about: 'its input is (number − offset) · scale (1)' },
  offset: { value: 'X', about: 'see --scale (0)' },
  cell: { value: 'NAME', about: 'a usual battery; “curlew fleet battery” lists them' },
  period: { value: 'S', about: 'an inference so often (as in the capture)' },
  times: { value: 'N', whole: [1, 1000], about: 'how many echoes are timed (100)' },
  'for-good': { about: 'from the next start on, not for one start alone' },
  open: { about: 'open the browser' },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof options;
export const optionNames = Object.keys(options) as OptionName[];

export const optionOf = (name: OptionName): Option => options[name];

/** Those of every command. */
export const commonOptions = ['json', 'data', 'help', 'version'] as const satisfies OptionName[];

type Value<O> = O extends { multiple: true } ? string[] : O extends { value: string } ? string : true;
/** What was given. */
export type Options = { [Name in OptionName]?: Value<(typeof options)[Name]> };
