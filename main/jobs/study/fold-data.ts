/** The embeddings that one fold's study is made of: to train on, to fit temperatures to, and to test on. */
import { degradationsOf, type DegradationKind } from '../../../models/augmentation/degrade.ts';
import type { Patches } from '../../../models/study/answers.ts';
import type { HardTest } from '../../../models/study/hard.ts';
import type { TrainingData } from '../../../models/training/data.ts';
import { splitOf } from '../../../models/training/split.ts';
import type { Dataset, EmbeddedClip, EmbeddedDataset } from '../../datasets/dataset.ts';
import { embedDataset } from '../../datasets/embed-dataset.ts';
import { asBoards, type Hearing } from '../../datasets/audio.ts';
import type { RememberedAudio } from '../../datasets/remembered-audio.ts';
import { recordingsOf, type ChosenEncoder } from './encoder-choice.ts';
import { hardClips } from './hard-clips.ts';
import { concatenate } from '../../recordings/concatenate.ts';
import { withMixtures } from './mixing.ts';
import { asRecorded, renderingsOf, type Augmentation, type Rendering } from './renderings.ts';
import type { StudyThread } from './study-thread.ts';

export interface EmbedContext {
  readonly thread: StudyThread;
  readonly cacheFolder: string;
  readonly audio: RememberedAudio;
  readonly signal: AbortSignal;
  /** Share of the clips done. */
  readonly onProgress: (share: number) => void;
}

export interface SplitOptions {
  readonly validationShare: number;
  readonly seed: number;
}

/** How clips are varied to train on, and made harder to test with. */
export interface HeardAs {
  readonly augmentation: readonly Augmentation[];
  readonly hard?: readonly DegradationKind[];
}

/** A fold's clips as its encoder hears them, whatever seed trains on them. */
export interface HeardFold {
  readonly fold: number | null;
  /** All clips as they were recorded; what is wrong with them is among its problems. */
  readonly heard: EmbeddedDataset;
  readonly augmentation: readonly Augmentation[];
  /** Of the other folds, varied for training. */
  readonly learned: EmbeddedDataset;
  readonly hearing: Hearing;
  /** The fold's own, made harder; none where that is not asked for. */
  readonly hard: readonly HardTest[];
  /** Recordings that the encoder was fitted to; null: nobody knows. */
  readonly known: ReadonlySet<string> | null;
}

export interface FoldData {
  readonly heard: EmbeddedDataset;
  readonly training: TrainingData;
  readonly test: Patches;
  readonly validation: Patches;
  readonly hard: readonly HardTest[];
  /** No clip of it was heard by the encoder: it calibrates as the test's clips would; null: nobody knows. */
  readonly validationUnheard: boolean | null;
}

/**
 * @param fold that is left out of training; null: none is
 * @throws CurlewError as embedDataset
 */
export async function hearFold(
  dataset: Dataset,
  fold: number | null,
  { encoder, own, heard: known }: Pick<ChosenEncoder, 'encoder' | 'own' | 'heard'>,
  { augmentation, hard: kinds = [] }: HeardAs,
  context: EmbedContext,
): Promise<HeardFold> {
  if (own) await context.thread.openOwn(own.folder);
  else await context.thread.open(encoder?.built ?? null);
  const identity = own
    ? `model ${own.sha256}, from window to window ${own.hearing.hopSamples} samples`
    : `by the engine, ${encoder ? Buffer.from(encoder.built.hash).toString('hex') : 'log-mel statistics'}`;
  const hearing = own?.hearing ?? asBoards;
  const others = { ...dataset, clips: dataset.clips.filter((clip) => clip.fold !== fold) };
  const varied = renderingsOf(augmentation);
  const degraded = fold === null ? [] : kinds;
  const tested = dataset.clips.length - others.clips.length;
  const stages = stagesOf(context, [
    dataset.clips.length,
    others.clips.length * varied.length,
    tested * degradationsOf(degraded).length,
  ]);
  const heard = await embedded(dataset, identity, hearing, asRecorded, stages[0]!);
  const learned = await embedded(others, identity, hearing, varied, stages[1]!);
  const embed = (pcm: Float32Array) => context.thread.embed(pcm, asRecorded);
  const hard =
    fold === null ? [] : await hardClips(heard, fold, degraded, { ...stages[2]!, embed, identity, hearing });
  return { fold, heard, augmentation, learned, hearing, hard, known };
}

/** One after the other, each as long as it has sounds to hear. */
function stagesOf(context: EmbedContext, sounds: readonly number[]): EmbedContext[] {
  const all = sounds.reduce((sum, one) => sum + one, 0);
  return sounds.map((mine, i) => {
    const before = sounds.slice(0, i).reduce((sum, one) => sum + one, 0);
    return { ...context, onProgress: (share) => context.onProgress((before + mine * share) / all) };
  });
}

/**
 * What one seed trains on, chooses by and is tested with.
 * @throws CurlewError TRAINING_FAILED if nothing can be set aside for validation; as readAudio where clips are mixed
 */
export async function foldData(
  { fold, heard, augmentation, learned, hearing, hard, known }: HeardFold,
  split: SplitOptions,
  { thread, signal }: Pick<EmbedContext, 'thread' | 'signal'>,
): Promise<FoldData> {
  const heardSources = new Set(
    heard.clips
      .filter((clip) => recordingsOf(clip).some((one) => known?.has(one)))
      .map(({ source }) => source),
  );
  const plain = {
    ...trainingData(learned),
    ...(heardSources.size > 0 && { heard: [...heardSources].sort() }),
  };
  const mixing = { thread, signal, hearing };
  const training = await withMixtures(plain, learned, augmentation, split.seed, mixing);
  const set = new Set(splitOf(training, split).validation.map((row) => training.groups[row]!));
  return {
    heard,
    training,
    test: patchesOf(heard, (clip) => clip.fold === fold),
    validation: patchesOf(heard, (clip) => clip.fold !== fold && set.has(clip.source)),
    hard,
    validationUnheard: known && ![...set].some((source) => heardSources.has(source)),
  };
}

function embedded(
  dataset: Dataset,
  identity: string,
  hearing: Hearing,
  renderings: readonly Rendering[],
  { thread, cacheFolder, audio, signal, onProgress }: EmbedContext,
): Promise<EmbeddedDataset> {
  return embedDataset(dataset, {
    embed: (pcm) => thread.embed(pcm, renderings),
    // A model of the person's own takes sound alone.
    ...(hearing === asBoards && {
      embedLogMel: (logMel: Float32Array) => thread.embedLogMel(logMel, renderings),
    }),
    identity: `${identity} ${JSON.stringify(renderings)}`,
    hearing,
    cacheFolder,
    audio,
    signal,
    onProgress: (done) => onProgress(done / dataset.clips.length),
  });
}

function trainingData({ clips, classes, size }: EmbeddedDataset): TrainingData {
  return {
    embeddings: concatenate(clips.map(({ embeddings }) => embeddings)),
    size,
    labels: Int32Array.from(clips.flatMap(({ label, patches }) => new Array<number>(patches).fill(label))),
    groups: clips.flatMap(({ source, patches }) => new Array<string>(patches).fill(source)),
    classes,
  };
}

function patchesOf({ clips, size }: EmbeddedDataset, wanted: (clip: EmbeddedClip) => boolean): Patches {
  const mine = clips.filter(wanted);
  return {
    clips: mine.map(({ name, source, fold, label, patches }) => ({ name, source, fold, label, patches })),
    embeddings: concatenate(mine.map(({ embeddings }) => embeddings)),
    size,
  };
}
