/** Models of the person's own, for the desktop: their part of the contract. */
import * as v from 'valibot';
import { forOperators, forViewers } from '../contract/roles.ts';
import { id, none, path } from '../contract/schemas.ts';

/** What a model takes and gives, as its description and its graph tell together. */
export interface OwnModelDescription {
  name: string;
  /** Hz, of the sound that it takes. */
  sampleRate: number;
  /** From a window's first sample to its last, and usually from one to the next; at `sampleRate`. */
  windowSamples: number;
  hopSamples: number;
  input: {
    name: string;
    /** Samples, or the log-mel of this lab's front end (16 kHz, 96 frames × 64 bands). */
    kind: 'waveform' | 'log-mel';
    type: 'float32' | 'int16';
    /** One window's shape, without the dimension of the batch. */
    shape: number[];
    /** How many windows the graph's first dimension takes; null where it has none. */
    batch: 'any' | 'one' | null;
    /** Samples of −1 … 1 are multiplied by this: 1 for floats, 32,768 for int16 values. */
    scale: number;
  };
  output: {
    name: string;
    /** What the graph gives: values before the activation, or after it. */
    values: 'logits' | 'probabilities';
    /** `softmax`: one class a window; `sigmoid`: each class by itself. */
    activation: 'softmax' | 'sigmoid';
  };
  /** One an output. */
  labels: string[];
  /** Name of the output that holds the embedding; null where it has none. */
  embedding: string | null;
  licence: string | null;
  /** Of an expert that was trained here on another model's embedding: that answers, not the model's own output. */
  head?: OwnHead | undefined;
}

/** A small network behind an embedding. */
export interface OwnHead {
  sha256: string;
  /** Of the expert, by its id (models/study/kinds.ts): how its weights are quantized. */
  kind: string;
  /** The model whose embedding it is trained on; its graph lies here too. */
  encoder: { name: string; sha256: string };
  dataSet: string;
  /** Left out of training and tested with; null: none was, and the figures are of validation clips. */
  heldOutFold: number | null;
  testedClips: number;
  accuracy: number;
  macroF1: number;
}

/** What was found when the model was tried. */
export interface OwnModelCheck {
  checkedMs: number;
  /** What a person should know; a model that cannot be used is not taken in at all. */
  notes: string[];
  /** Windows that are answered at once. */
  batch: number;
  /** Numbers of its embedding; null where it has none. */
  embeddingSize: number | null;
  /** Measured here, on one thread: milliseconds a window, and how much faster than the sound that is. */
  windowMs: number;
  timesRealtime: number;
  /** What it says of a bundled clip. */
  heard: { clip: string; label: string; probability: number };
}

export interface OwnModel {
  /** Begins with `model:`, so that it is nobody else's. */
  id: string;
  description: Omit<OwnModelDescription, 'labels'>;
  classes: number;
  /** The first of its classes. */
  labels: string[];
  bytes: number;
  sha256: string;
  addedMs: number;
  check: OwnModelCheck;
}

/** Of the classes that a list of models names. */
export const mostLabelsListed = 64;

export const ownModelRequests = {
  /** By name. */
  'models.list': forViewers(none),
  /** An ONNX file, with a description beside it: FILE.json. It is tried, copied, and may classify from then on. */
  'models.add': forOperators(v.strictObject({ path })),
  /** Tries it again. */
  'models.check': forOperators(v.strictObject({ modelId: id })),
  /** For good; what it found stays. */
  'models.remove': forOperators(v.strictObject({ modelId: id })),
} as const;

export interface OwnModelResults {
  'models.list': OwnModel[];
  'models.add': OwnModel;
  'models.check': OwnModel;
  'models.remove': null;
}

export interface OwnModelEvents {
  /** A model has come, gone, or was tried again. */
  models: null;
}
