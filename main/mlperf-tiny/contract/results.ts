/** What a benchmark of MLPerf Tiny found: its part of the contract. Seconds, joules. */
import type { ErrorCode } from '../../contract/error.ts';

/** Of the device and of the benchmark: energy needs other firmware than the two others. */
export const tinyBenchmarks = ['performance', 'accuracy', 'energy'] as const;
export type TinyBenchmark = (typeof tinyBenchmarks)[number];

/** A device under test, as it says of itself. */
export interface TinyDevice {
  portId: string;
  baudRate: number;
  vendor: string;
  firmware: string;
  /** As the benchmark calls it: `kws01`, `vww01`, `ic01`, `ad01`, or another’s own name. */
  model: string;
  /** `energy`: it marks times with a pin, and tells none. */
  mode: 'performance' | 'energy';
  /** A process of a computer, no board: its times and energies are nobody’s. */
  simulated: boolean;
}

/** How long it goes on. The benchmark has five runs of ten seconds and ten inferences at least. */
export interface TinyLengths {
  runs: number;
  leastSeconds: number;
  leastInferences: number;
  warmUps: number;
}

/** Between the last two falling edges of a run, measured by a meter. */
export interface TinyEnergy {
  joules: number;
  /** To either side. */
  uncertainty: number;
  lost: number;
  /** Where the meter keeps its samples. */
  captureId: string | null;
}

export interface TinyRun {
  /** File, below the folder of inputs. */
  input: string;
  inferences: number;
  /** Of all of them: by the device’s own clock, or between the edges. */
  seconds: number;
  /** From asking to the answer, by the lab’s clock: warm-ups and the line included, so that `seconds` cannot be more. */
  askedSeconds: number;
  energy: TinyEnergy | null;
}

/** How bytes of an input become numbers of the reference: (byte − offset) · scale. */
export const inputTypes = ['int8', 'uint8', 'float32'] as const;
export type InputType = (typeof inputTypes)[number];

export interface ReferenceGiven {
  /** Of an ONNX file. */
  path: string;
  /** The graph’s only or first output otherwise. */
  output: string | null;
  type: InputType;
  scale: number;
  offset: number;
}

export interface TinyAnswer {
  input: string;
  label: number;
  /** Windows it was cut into: their scores’ mean is the answer. */
  windows: number;
  /** Of the device; null where it gave none. */
  results: number[] | null;
  /** Of the reference; null without one. */
  reference: number[] | null;
  problem: { code: ErrorCode; message: string } | null;
}

/** Of a share. */
export interface TinyShare {
  right: number;
  of: number;
  /** Exact 95 % interval. */
  low: number;
  high: number;
}

export interface TinyScore {
  /** Null of one score an input. */
  top1: TinyShare | null;
  /** One class against the rest, their mean; of one score, anomalies against the normal. Null where a class is missing. */
  auc: number | null;
}

/** What the benchmark asks of a model of that name. */
export interface TinyTarget {
  measure: 'top1' | 'auc';
  least: number;
  met: boolean | null;
}

export interface TinyAgreement {
  /** Inputs whose largest number is the same class’s; null of one score an input. */
  sameClass: TinyShare | null;
  /** Of all numbers; null where the reference’s are whole numbers, which have a scale of their own. */
  largest: number | null;
  mean: number | null;
  score: TinyScore;
}

/** What the device’s numbers are printed to. */
export const resolution = 1e-3;

export interface TinyRecord {
  jobId: string;
  benchmark: TinyBenchmark;
  device: TinyDevice;
  folder: string;
  startedMs: number;
  lengths: TinyLengths | null;
  /** What measured its energy. */
  meter: { name: string; volts: number } | null;
  runs: TinyRun[];
  answers: TinyAnswer[];
  score: TinyScore | null;
  target: TinyTarget | null;
  reference: ReferenceGiven | null;
  agreement: TinyAgreement | null;
}

/** What the job leaves, in a line; the rest is a file of the lab. */
export interface TinyResult {
  kind: 'tiny';
  benchmark: TinyBenchmark;
  vendor: string;
  model: string;
  simulated: boolean;
  /** Median of the runs, inferences a second. */
  perSecond: number | null;
  /** Median of the runs, joules an inference. */
  joulesEach: number | null;
  top1: number | null;
  auc: number | null;
  inputs: number;
  /** That the device gave no answer to. */
  failed: number;
}
