/** Trains one fold's cascade: an expert on each stage's own encoder, and what decides among them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { TrainedCascade } from '../../../models/study/cascade-fold.ts';
import { defaultRouterTraining } from '../../../models/training/train-router.ts';
import { defaultTraining } from '../../../models/training/train.ts';
import { writeDurably } from '../../write-durably.ts';
import type { JobContext } from '../definition.ts';
import { chooseEncoder, type ChosenEncoder } from './encoder-choice.ts';
import { foldData, hearFold, type HeardFold } from './fold-data.ts';
import type { StudyParams } from './params.ts';
import type { StudyThread } from './study-thread.ts';
import type { FoldWork } from './train-fold.ts';

/** Of the experts behind the encoders, which are small: what a cascade saves is what its encoders take. */
export const stageTraining = { hidden: [64], precision: 8, epochs: 60, patience: 8 } as const;

/** A fold that can be trained on, as each stage's encoder hears it. */
export interface ListenedStages {
  readonly names: readonly string[];
  readonly chosen: readonly ChosenEncoder[];
  readonly clips: readonly HeardFold[];
}

export interface CascadeModels extends TrainedCascade {
  readonly names: readonly string[];
  readonly chosen: readonly ChosenEncoder[];
  readonly seconds: number;
}

/** @param fold that is left out; null: none is @throws CurlewError ENCODER_MISSING; as hearFold */
export async function listenToStages(
  {
    params,
    dataset,
    banks,
    thread,
    cacheFolder,
    audio,
  }: Pick<FoldWork, 'dataset' | 'banks' | 'thread' | 'cacheFolder' | 'audio'> & {
    readonly params: Pick<StudyParams, 'cascade' | 'hard'>;
  },
  fold: number | null,
  context: JobContext,
): Promise<ListenedStages> {
  const chosen: ChosenEncoder[] = [];
  for (const stage of params.cascade) chosen.push(await chooseEncoder(stage, null, banks, dataset, fold));
  // What any encoder has heard is heard: all stages are trained on, and held back from, the same sources.
  const known = new Set(chosen.flatMap(({ heard }) => [...(heard ?? [])]));
  const clips: HeardFold[] = [];
  for (const [i, one] of chosen.entries()) {
    const heard = await hearFold(
      dataset,
      fold,
      one,
      { augmentation: [], hard: params.hard },
      {
        ...{ thread, cacheFolder, audio, signal: context.signal },
        onProgress: (share) =>
          context.progress((i + share) / chosen.length, `${params.cascade[i]} listens to the recordings`),
      },
    );
    clips.push({ ...heard, known });
  }
  return { names: params.cascade, chosen, clips };
}

/**
 * What was trained before in the same folder is taken as it is.
 * @throws CurlewError as foldData and trainCascade
 */
export async function trainStages(
  {
    params,
    thread,
    folder,
  }: { readonly params: Pick<StudyParams, 'seed'>; readonly thread: StudyThread; readonly folder: string },
  { names, chosen, clips }: ListenedStages,
  signal: AbortSignal,
): Promise<CascadeModels> {
  const { fold } = clips[0]!;
  const path = join(folder, fold === null ? 'all' : `fold-${fold}`, 'cascade');
  const kept = await readKept(path);
  if (kept) return { names, chosen, ...kept };
  const options = { ...defaultTraining, version: 1, seed: params.seed, ...stageTraining };
  const stages = [];
  for (const [i, heard] of clips.entries()) {
    const data = await foldData(heard, options, { thread, signal });
    // without a fold left out, validation clips are what there is to test with
    stages.push({ ...data, name: names[i]!, test: fold === null ? data.validation : data.test });
  }
  const { hidden, epochs, patience } = stageTraining;
  const router = { ...defaultRouterTraining, hidden, epochs, patience, curiosityQuantile: 1 };
  const began = performance.now();
  const trained = await thread.trainCascade({ fold: fold ?? 0, stages, options, router });
  const made: Kept = { ...trained, seconds: (performance.now() - began) / 1000 };
  await writeDurably(path, serialize(made));
  return { names, chosen, ...made };
}

type Kept = TrainedCascade & { readonly seconds: number };

/** @returns null where there is none; half of one is never there */
async function readKept(path: string): Promise<Kept | null> {
  const bytes = await readFile(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return null;
    throw thrown;
  });
  return bytes && (deserialize(bytes) as Kept);
}
