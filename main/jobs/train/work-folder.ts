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

export async function writeCheckpoint(folder: string, id: string, checkpoint: Uint8Array): Promise<void> {
  await write(checkpointOf(folder, id), checkpoint);
}

/** @returns null where there is none */
export async function readCheckpoint(folder: string, id: string): Promise<Uint8Array | null> {
  return orNull(readFile(checkpointOf(folder, id)));
}

export async function removeCheckpoint(folder: string, id: string): Promise<void> {
  await rm(checkpointOf(folder, id), { force: true });
}

export async function writeTrained(
  folder: string,
  id: string,
  precision: Precision | 32,
  { expert, best, reports, ...more }: TrainedExpert | TrainedRouter,
): Promise<void> {
  const { description, weights } = storeExpert(expert);
  const router = 'routing' in more ? { prior: [...more.prior], routing: more.routing } : {};
  const trained: Trained = { precision, best, reports, description, ...router };
  await write(join(folder, `${id}.f32`), weights);
  await write(join(folder, `${id}.json`), new TextEncoder().encode(JSON.stringify(trained)));
}

/** @returns null where the training is not done */
export async function readSummary(folder: string, id: string): Promise<Trained | null> {
  const text = await orNull(readFile(join(folder, `${id}.json`), 'utf8'));
  return text === null ? null : (JSON.parse(text) as Trained);
}

/** @returns null where the training is not done; `prior` and `routing` with a router */
export async function readTrained(
  folder: string,
  id: string,
): Promise<(TrainedExpert & Partial<TrainedRouter> & { precision: Precision | 32 }) | null> {
  const summary = await readSummary(folder, id);
  if (summary === null) return null;
  const { description, prior, routing, precision, best, reports } = summary;
  const expert = restoreExpert(description, await readFile(join(folder, `${id}.f32`)));
  const router = prior && routing ? { prior: Float32Array.from(prior), routing } : {};
  return { expert, precision, best, reports, epochs: reports.length, ...router };
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
