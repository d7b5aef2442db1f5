/**
 * The folder of a training job: `data` (what it learns from), `*.checkpoint` of the courses under way, and for what
 * is trained `ID.f32` (its numbers) and `ID.json` (all else), written last: where it is, the training is done.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Precision } from '../../../models/experts/expert.ts';
import { restoreExpert, storeExpert, type ExpertDescription } from '../../../models/experts/store.ts';
import type { Routing } from '../../../models/router/router.ts';
import { packArrays, unpackArrays } from '../../../models/training/arrays.ts';
import type { TrainedRouter } from '../../../models/training/train-router.ts';
import type { EpochReport, TrainedExpert, TrainingData } from '../../../models/training/train.ts';

/** What `ID.json` holds. */
export interface Trained {
  readonly precision: Precision | 32;
  readonly best: EpochReport;
  readonly reports: readonly EpochReport[];
  /** that the course took, those before an interruption among them, embedding left out */
  readonly seconds: number;
  readonly description: ExpertDescription;
  /** of a router */
  readonly prior?: readonly number[];
  readonly routing?: Routing;
}

/** @param ids of experts in a course, whose checkpoint it is */
const checkpointOf = (folder: string, id: string) => join(folder, `${id}.checkpoint`);

export async function writeData(folder: string, data: TrainingData): Promise<void> {
  const { embeddings, labels, mixed, ...rest } = data;
  const header = { ...rest, labels: [...labels], seconds: mixed?.seconds ?? null };
  await write(join(folder, 'data'), packArrays(header, mixed ? [embeddings, mixed.targets] : [embeddings]));
}

/** @throws CurlewError TRAINING_FAILED when the file is damaged */
export async function readData(folder: string): Promise<TrainingData> {
  const { header, arrays } = unpackArrays(await readFile(join(folder, 'data')));
  const { labels, seconds, ...rest } = header as Pick<TrainingData, 'size' | 'groups' | 'classes'> & {
    labels: number[];
    seconds: (string | null)[] | null;
  };
  const [embeddings, targets] = arrays;
  return {
    ...rest,
    embeddings: embeddings!,
    labels: Int32Array.from(labels),
    ...(targets && seconds ? { mixed: { targets, seconds } } : {}),
  };
}

/** A course that is under way. */
export interface Kept {
  readonly course: Uint8Array;
  /** that it took until then */
  readonly seconds: number;
}

/** In one file, the seconds last (binary64, little-endian), so that neither is there without the other. */
export async function writeCheckpoint(folder: string, id: string, { course, seconds }: Kept): Promise<void> {
  const bytes = new Uint8Array(course.length + 8);
  bytes.set(course);
  new DataView(bytes.buffer).setFloat64(course.length, seconds, true);
  await write(checkpointOf(folder, id), bytes);
}

/** @returns null where there is none */
export async function readCheckpoint(folder: string, id: string): Promise<Kept | null> {
  const bytes = await orNull(readFile(checkpointOf(folder, id)));
  if (bytes === null || bytes.length < 8) return null;
  const end = bytes.length - 8;
  return { course: bytes.subarray(0, end), seconds: bytes.readDoubleLE(end) };
}

export async function removeCheckpoint(folder: string, id: string): Promise<void> {
  await rm(checkpointOf(folder, id), { force: true });
}

export async function writeTrained(
  folder: string,
  id: string,
  precision: Precision | 32,
  { expert, best, reports, ...more }: TrainedExpert | TrainedRouter,
  seconds: number,
): Promise<void> {
  const { description, weights } = storeExpert(expert);
  const router = 'routing' in more ? { prior: [...more.prior], routing: more.routing } : {};
  const trained: Trained = { precision, best, reports, seconds, description, ...router };
  await write(join(folder, `${id}.f32`), weights);
  await write(join(folder, `${id}.json`), new TextEncoder().encode(JSON.stringify(trained)));
}

/** @returns null where the training is not done, or was by a lab that did not time it: it is made anew */
export async function readSummary(folder: string, id: string): Promise<Trained | null> {
  const text = await orNull(readFile(join(folder, `${id}.json`), 'utf8'));
  const summary = text === null ? null : (JSON.parse(text) as Trained);
  return summary?.seconds === undefined ? null : summary;
}

/** @returns null where the training is not done; `prior` and `routing` with a router */
export async function readTrained(
  folder: string,
  id: string,
): Promise<(TrainedExpert & Partial<TrainedRouter> & Pick<Trained, 'precision' | 'seconds'>) | null> {
  const summary = await readSummary(folder, id);
  if (summary === null) return null;
  const { description, prior, routing, precision, best, reports, seconds } = summary;
  const expert = restoreExpert(description, await readFile(join(folder, `${id}.f32`)));
  const router = prior && routing ? { prior: Float32Array.from(prior), routing } : {};
  return { expert, precision, best, reports, seconds, epochs: reports.length, ...router };
}

/** Beside the old file, then in its place: a crash leaves the one or the other. */
async function write(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function orNull<T>(read: Promise<T>): Promise<T | null> {
  return read.catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return null;
    throw thrown;
  });
}
