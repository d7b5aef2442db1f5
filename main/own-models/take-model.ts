/** Takes a model in: described, tried, copied with its record. The work of a thread: graphs are large and slow. */
import { basename, join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { sha256Of } from '../sha256.ts';
import { readSignature } from '../../models/onnx/read-signature.ts';
import { writeFailure } from '../outputs.ts';
import { openRecording } from '../recordings/decode.ts';
import { concatenate } from '../recordings/concatenate.ts';
import { convertMono } from '../recordings/pcm16k.ts';
import { readWhole } from '../regular-file.ts';
import { writeDurably } from '../write-durably.ts';
import type { OwnHead, OwnModelCheck, OwnModelDescription } from './contract.ts';
import { describe, unfit } from './describe.ts';
import { descriptionOfMetadata, parseDescription, type GivenDescription } from './given-description.ts';
import { labelsOf } from './labels.ts';
import { openModel } from './open-model.ts';
import {
  graphFile,
  mostModelBytes,
  mostRecordBytes,
  headFile,
  readGraphs,
  readRecord,
  recordFile,
  recordText,
  type Graphs,
  type ModelRecord,
} from './stored-model.ts';
import { tryModel } from './try-model.ts';

export interface TakeOrder {
  /** Real path of the graph. */
  graph: string;
  /** Of its description; null where there is none beside it. */
  description: string | null;
  /** A folder that is not there yet. */
  into: string;
  /** A sound to try it with. */
  clip: { path: string; label: string };
}

/**
 * @param beside the real path of a file that lies beside the graph, by its name
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE, FILE_DAMAGED (no ONNX file), MODEL_UNFIT
 */
export async function takeModel(
  order: TakeOrder,
  beside: (name: string) => Promise<string>,
): Promise<ModelRecord> {
  const graph = await readWhole(order.graph, mostModelBytes, 'a model');
  const signature = readSignature(graph);
  const given = order.description === null ? {} : await givenBy(order.description);
  const metadata = descriptionOfMetadata(signature.metadata);
  const told = given.labels ?? metadata.labels ?? null;
  const labels = typeof told === 'string' ? await labelsBeside(told, beside) : told;
  const fileName = basename(order.graph)
    .replace(/\.onnx$/i, '')
    .slice(0, 60);
  const description = describe({ signature, given, metadata, labels, fileName });
  const check = await tried({ model: graph, head: null }, description, order.clip);
  const record = { description, bytes: graph.length, sha256: sha256Of(graph), addedMs: Date.now(), check };
  await mkdir(order.into, { recursive: true });
  await keep(join(order.into, graphFile), graph);
  await keep(join(order.into, recordFile), recordText(record));
  return record;
}

/**
 * An expert that was trained on a model's embedding, as a model: tried, and put down with the model's graph.
 * @param of where the model lies
 * @param made its expert as ONNX, and what is to be told of it
 * @param into a folder that is not there yet
 * @throws as takeModel
 */
export async function putBehind(
  of: string,
  made: {
    name: string;
    labels: readonly string[];
    head: Uint8Array;
    about: Omit<OwnHead, 'sha256' | 'encoder'>;
  },
  into: string,
  clip: TakeOrder['clip'],
): Promise<ModelRecord> {
  const encoder = await readRecord(of);
  const { model } = await readGraphs(of, encoder);
  const { name, sha256 } = { name: encoder.description.name, sha256: encoder.sha256 };
  const description: OwnModelDescription = {
    ...{ ...encoder.description, name: made.name, labels: [...made.labels] },
    output: { name: 'logits', values: 'logits', activation: 'softmax' },
    head: { ...made.about, sha256: sha256Of(made.head), encoder: { name, sha256 } },
  };
  const check = await tried({ model, head: made.head }, description, clip);
  const record = { description, bytes: model.length, sha256, addedMs: Date.now(), check };
  await mkdir(into, { recursive: true });
  await keep(join(into, graphFile), model);
  await keep(join(into, headFile), made.head);
  await keep(join(into, recordFile), recordText(record));
  return record;
}

/** Tries a model that was taken in again, and keeps what was found. @throws as takeModel */
export async function tryAgain(folder: string, clip: TakeOrder['clip']): Promise<ModelRecord> {
  const record = await readRecord(folder);
  const check = await tried(await readGraphs(folder, record), record.description, clip);
  const checked = { ...record, check };
  await keep(join(folder, recordFile), recordText(checked));
  return checked;
}

/** @throws CurlewError FILE_UNWRITABLE, as where the disk is full */
async function keep(path: string, content: Uint8Array | string): Promise<void> {
  await writeDurably(path, content).catch((thrown: unknown) => {
    throw writeFailure(path, thrown);
  });
}

async function givenBy(path: string): Promise<GivenDescription> {
  return parseDescription(path, await readWhole(path, mostRecordBytes, 'the description of a model'));
}

async function labelsBeside(name: string, beside: (name: string) => Promise<string>): Promise<string[]> {
  if (/[\\/]/.test(name)) throw unfit(`its labels are named as “${name}”; name a file that lies beside it`);
  const path = await beside(name);
  return labelsOf(path, await readWhole(path, mostRecordBytes, 'a file of labels'));
}

async function tried(
  graphs: Graphs,
  description: OwnModelDescription,
  { path, label }: TakeOrder['clip'],
): Promise<OwnModelCheck> {
  const { sampleRate, windowSamples } = description;
  const pieces: Float32Array[] = [];
  const recording = await openRecording(path);
  for await (const piece of convertMono(recording, sampleRate, { from: 0, to: windowSamples, channel: null }))
    pieces.push(piece);
  const model = await openModel(graphs, description);
  try {
    const clock = { now: () => performance.now(), wallMs: Date.now };
    return await tryModel(model, { label, pcm: concatenate(pieces) }, clock);
  } finally {
    await model.release();
  }
}
