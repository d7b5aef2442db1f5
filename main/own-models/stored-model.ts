/** A model in its folder: the graph, and what is known of it beside it. Nothing is handed out that does not match its hash. */
import { join } from 'node:path';
import * as v from 'valibot';
import { sha256Of } from '../sha256.ts';
import { CurlewError } from '../contract/error.ts';
import { text, whole } from '../contract/schemas.ts';
import { readWhole } from '../regular-file.ts';
import type { OwnHead, OwnModelCheck, OwnModelDescription } from './contract.ts';
import { mostClasses, mostWindowSamples } from './given-description.ts';

/** A graph is one file of Protocol Buffers, which cannot be 2 GiB; half of that is more than any classifier of sound. */
export const mostModelBytes = 2 ** 30;
/** 20,000 labels of 300 letters are less. */
export const mostRecordBytes = 32e6;
export const graphFile = 'model.onnx';
/** Of an expert that was trained on the graph's embedding. */
export const headFile = 'head.onnx';
export const recordFile = 'model.json';

const finite = v.pipe(v.number(), v.finite());
const samples = whole(1, mostWindowSamples);

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const headSchema = v.strictObject({
  sha256: hash,
  kind: v.string(),
  encoder: v.strictObject({ name: v.string(), sha256: hash }),
  dataSet: v.string(),
  heldOutFold: v.nullable(whole(0, 1e9)),
  testedClips: whole(0, 1e9),
  accuracy: finite,
  macroF1: finite,
}) satisfies v.GenericSchema<OwnHead>;

const descriptionSchema = v.strictObject({
  name: text(60),
  sampleRate: whole(1000, 400_000),
  windowSamples: samples,
  hopSamples: samples,
  input: v.strictObject({
    name: v.string(),
    kind: v.picklist(['waveform', 'log-mel']),
    type: v.picklist(['float32', 'int16']),
    shape: v.pipe(v.array(samples), v.minLength(1), v.maxLength(3)),
    batch: v.nullable(v.picklist(['any', 'one'])),
    scale: finite,
  }),
  output: v.strictObject({
    name: v.string(),
    values: v.picklist(['logits', 'probabilities']),
    activation: v.picklist(['softmax', 'sigmoid']),
  }),
  labels: v.pipe(v.array(v.string()), v.minLength(2), v.maxLength(mostClasses)),
  embedding: v.nullable(v.string()),
  licence: v.nullable(v.string()),
  head: v.optional(headSchema),
}) satisfies v.GenericSchema<OwnModelDescription>;

const checkSchema = v.strictObject({
  checkedMs: finite,
  notes: v.array(v.string()),
  batch: whole(1, 1024),
  embeddingSize: v.nullable(whole(1, 2 ** 24)),
  windowMs: finite,
  timesRealtime: finite,
  heard: v.strictObject({ clip: v.string(), label: v.string(), probability: finite }),
}) satisfies v.GenericSchema<OwnModelCheck>;

const recordSchema = v.strictObject({
  description: descriptionSchema,
  bytes: whole(1, mostModelBytes),
  sha256: hash,
  addedMs: finite,
  check: checkSchema,
});
/** What is kept of a model beside its graph. */
export type ModelRecord = v.InferOutput<typeof recordSchema>;

/** @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_DAMAGED */
export async function readRecord(folder: string): Promise<ModelRecord> {
  const path = join(folder, recordFile);
  const bytes = await readWhole(path, mostRecordBytes, 'the record of a model');
  try {
    return v.parse(recordSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new CurlewError(
      'FILE_DAMAGED',
      `${path} is damaged; remove the model and add it again.`,
      { path },
      { cause },
    );
  }
}

export const recordText = (record: ModelRecord): string => `${JSON.stringify(record, null, 2)}\n`;

/** A graph, and the head behind it, where it has one. */
export interface Graphs {
  model: Uint8Array;
  head: Uint8Array | null;
}

/** Bytes of both. @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_DAMAGED where they are not the record's */
export async function readGraphs(
  folder: string,
  { sha256, bytes: most, description: { head } }: ModelRecord,
): Promise<Graphs> {
  return {
    model: await readHashed(join(folder, graphFile), most, sha256),
    head: head ? await readHashed(join(folder, headFile), mostRecordBytes, head.sha256) : null,
  };
}

async function readHashed(path: string, most: number, sha256: string): Promise<Uint8Array> {
  const bytes = await readWhole(path, most, 'this model');
  if (sha256Of(bytes) === sha256) return bytes;
  throw new CurlewError(
    'FILE_DAMAGED',
    `${path} is not the file that was added; remove the model and add it again.`,
    { path },
  );
}
