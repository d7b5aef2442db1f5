/** What a model takes and gives: the description beside it, its metadata and its shapes, held against each other. */
import type { OnnxSignature } from '../../models/onnx/read-signature.ts';
import type { ValueInfo } from '../../models/onnx/value-info.ts';
import { frontEnd, patchHopSamples, patchSamples } from '../../models/features/log-mel.ts';
import { CurlewError } from '../contract/error.ts';
import type { OwnModelDescription } from './contract.ts';
import { mostClasses, mostWindowSamples, type GivenDescription } from './given-description.ts';

type Input = OwnModelDescription['input'];

export interface Told {
  signature: OnnxSignature;
  /** Of the description beside it; empty where there is none. */
  given: GivenDescription;
  /** Of the graph's metadata. */
  metadata: GivenDescription;
  /** Where labels were told: inline, or read from the file that was named. */
  labels: readonly string[] | null;
  /** What it is called where nobody says: the file's name. */
  fileName: string;
}

/** @throws CurlewError MODEL_UNFIT: what is missing or does not fit, and what to write where */
export function describe({ signature, given, metadata, labels, fileName }: Told): OwnModelDescription {
  if (signature.outside !== null) {
    throw unfit(
      `its tensor “${signature.outside}” lies in another file; export the model as one file (save_as_external_data=False)`,
    );
  }
  const graphInput = inputOf(signature, given.input?.name);
  const kind = given.input?.kind ?? (isLogMel(graphInput.shape) ? 'log-mel' : 'waveform');
  const asked = given.windowSamples ?? metadata.windowSamples ?? null;
  const { shape, batch, windowSamples } =
    kind === 'log-mel' ? logMelShape(graphInput) : waveformShape(graphInput, asked);
  if (asked !== null && asked !== windowSamples) {
    throw unfit(
      `it is described with windows of ${asked} samples, and its input “${graphInput.name}” takes ${windowSamples}`,
    );
  }
  const sampleRate =
    given.sampleRate ?? metadata.sampleRate ?? (kind === 'log-mel' ? frontEnd.sampleRate : null);
  if (sampleRate === null) throw missing('sampleRate', 'hertz of the sound that it was trained on');
  if (kind === 'log-mel' && sampleRate !== frontEnd.sampleRate) {
    throw unfit(
      `it takes this lab’s log-mel, which is of ${frontEnd.sampleRate} Hz, and is described with ${sampleRate} Hz`,
    );
  }
  const values = given.output?.values ?? metadata.output?.values;
  if (!values)
    throw missing('output.values', '"logits" where the activation is still to come, else "probabilities"');
  const activation = given.output?.activation ?? metadata.output?.activation;
  if (!activation)
    throw missing(
      'output.activation',
      '"softmax" for one class a window, "sigmoid" for each class by itself',
    );
  if (labels === null)
    throw missing('labels', 'a list of the classes’ names, or the name of a .txt or .csv beside it');
  requireLabels(labels);
  const usualHop = kind === 'log-mel' ? patchHopSamples : windowSamples;
  const input: Input = {
    ...{ name: graphInput.name, kind, shape, batch, scale: given.input?.scale ?? metadata.input?.scale ?? 1 },
    type: graphInput.type as Input['type'],
  };
  const embedding = given.embedding ?? metadata.embedding ?? null;
  if (embedding !== null && !signature.outputs.some(({ name }) => name === embedding)) {
    throw unfit(
      `it has no output “${embedding}” for the embedding; its outputs are ${namesOf(signature.outputs)}`,
    );
  }
  return {
    name: given.name ?? metadata.name ?? fileName,
    ...{ sampleRate, windowSamples, input },
    hopSamples: given.hopSamples ?? metadata.hopSamples ?? usualHop,
    output: {
      name: outputOf(signature, given.output?.name, embedding, labels.length).name,
      values,
      activation,
    },
    labels: [...labels],
    embedding,
    licence: given.licence ?? metadata.licence ?? null,
  };
}

function inputOf({ inputs }: OnnxSignature, name: string | undefined): ValueInfo {
  const [first, other] = inputs;
  if (!first) throw unfit('it has no input');
  if (other) throw unfit(`it has ${inputs.length} inputs (${namesOf(inputs)}); one, the sound, is expected`);
  if (name !== undefined && name !== first.name) {
    throw unfit(`it has no input “${name}”; its input is “${first.name}”`);
  }
  if (first.type !== 'float32' && first.type !== 'int16') {
    throw unfit(
      `its input “${first.name}” is of type ${first.type ?? 'unknown'}; float32 or int16 is expected`,
    );
  }
  return first;
}

const sides = (shape: ValueInfo['shape']): string => `[${shape.map((side) => side ?? 'N').join(', ')}]`;
const namesOf = (values: readonly ValueInfo[]): string => values.map(({ name }) => `“${name}”`).join(', ');

function isLogMel(shape: ValueInfo['shape']): boolean {
  return logMelOf(shape) !== null;
}

/** One window's dimensions where the last ones are those of a log-mel patch, and how many stand before. */
function logMelOf(shape: ValueInfo['shape']): number[] | null {
  const { patchFrames, melBands } = frontEnd;
  const known = [
    [1, patchFrames, melBands],
    [patchFrames, melBands, 1],
    [patchFrames, melBands],
  ];
  return (
    known.find((window) => {
      const before = shape.length - window.length;
      return (before === 0 || before === 1) && window.every((side, i) => shape[before + i] === side);
    }) ?? null
  );
}

function logMelShape({ name, shape, type }: ValueInfo) {
  const window = logMelOf(shape);
  if (!window) {
    throw unfit(
      `its input “${name}” is ${sides(shape)}; a log-mel patch of ${frontEnd.patchFrames} frames × ${frontEnd.melBands} bands is [N, 1, 96, 64]`,
    );
  }
  if (type !== 'float32') throw unfit(`its input “${name}” is of type ${type}; log-mel is float32`);
  const batch = window.length === shape.length ? null : batchOf(name, shape);
  return { shape: [...window], batch, windowSamples: patchSamples };
}

/** [samples], [N, samples], [N, 1, samples] or [N, samples, 1]. */
function waveformShape({ name, shape }: ValueInfo, asked: number | null) {
  const rank = shape.length;
  const at = rank === 3 && shape[2] === 1 && shape[1] !== 1 ? 1 : rank - 1;
  const isSound = rank === 1 || rank === 2 || (rank === 3 && shape[at === 1 ? 2 : 1] === 1);
  if (!isSound) {
    throw unfit(
      `its input “${name}” is ${sides(shape)}; sound is [samples], [N, samples], [N, 1, samples] or [N, samples, 1]`,
    );
  }
  const windowSamples = shape[at] ?? asked;
  if (windowSamples === null || windowSamples === undefined) {
    throw missing('windowSamples', 'samples of one window: the graph takes any number');
  }
  if (windowSamples > mostWindowSamples) {
    throw unfit(`its windows are of ${windowSamples} samples; ${mostWindowSamples} are the most`);
  }
  const window = rank === 3 ? (at === 1 ? [windowSamples, 1] : [1, windowSamples]) : [windowSamples];
  return { shape: window, batch: rank === 1 ? null : batchOf(name, shape), windowSamples };
}

function batchOf(name: string, shape: ValueInfo['shape']): 'any' | 'one' {
  const [first] = shape;
  if (first === null) return 'any';
  if (first === 1) return 'one';
  throw unfit(
    `its input “${name}” is ${sides(shape)}: it takes ${first} windows at once, no more and no fewer; export it for one, or for any number`,
  );
}

function outputOf(
  { outputs }: OnnxSignature,
  name: string | undefined,
  embedding: string | null,
  classes: number,
): ValueInfo {
  const named = outputs.find((one) => one.name === name);
  if (name !== undefined) {
    if (named) return named;
    throw unfit(`it has no output “${name}”; its outputs are ${namesOf(outputs)}`);
  }
  const others = outputs.filter((one) => one.name !== embedding);
  const fitting = others.filter(({ shape }) => shape.at(-1) === classes);
  const [only, more] = others.length === 1 ? others : fitting;
  if (only && !more) return only;
  throw missing('output.name', `which of its outputs holds the classes: ${namesOf(outputs)}`);
}

function requireLabels(labels: readonly string[]): void {
  if (labels.length < 2 || labels.length > mostClasses) {
    throw unfit(`it has ${labels.length} labels; 2 to ${mostClasses} are expected`);
  }
  const seen = new Set<string>();
  for (const label of labels) {
    if (seen.has(label)) throw unfit(`two of its labels are “${label}”; give each class its own`);
    seen.add(label);
  }
}

function missing(field: string, what: string): CurlewError {
  return unfit(
    `neither the description beside it nor the graph tells ${field}: ${what}. Write it into the .json beside the model`,
  );
}

/** @param problem what does not fit, after “it” or “its” */
export function unfit(problem: string): CurlewError {
  return new CurlewError('MODEL_UNFIT', `This model cannot be used: ${problem}.`);
}
