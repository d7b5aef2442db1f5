/** One fold's experiment: train on the others, test on it. */
import * as ort from 'onnxruntime-web';
import {
  accuracy,
  confusionMatrix,
  macroF1,
  type ConfusionMatrix,
} from '../../../models/evaluation/classification.ts';
import { argmax, meanProbabilities } from '../../../models/evaluation/probability.ts';
import { frontEndModel } from '../../../models/features/front-end.ts';
import { statisticsSize } from '../../../models/features/graph.ts';
import { createReference } from '../../../models/reference/reference.ts';
import {
  trainExpert,
  type EpochReport,
  type TrainedExpert,
  type TrainingOptions,
} from '../../../models/training/train.ts';
import { readClip, withGain, type Dataset, type DatasetClip } from './dataset.ts';

/** Linear gains that every training clip is heard at: +6, 0, −6 and −12 dB. */
export const gains = [1, 2, 0.5, 0.25] as const;

/** Training patches start every 24 frames, twice as densely as in use. */
export const trainingHop = 24;

export interface LoadedClip extends DatasetClip {
  readonly pcm: Float32Array;
  /** [patches][384] at every gain, one after the other */
  readonly embeddings: Float32Array;
}

/** Decodes every clip and runs the front end over it at every gain. */
export async function loadClips(dataset: Dataset, onProgress: (done: number) => void): Promise<LoadedClip[]> {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(frontEndModel(trainingHop));
  const loaded: LoadedClip[] = [];
  for (const clip of dataset.clips) {
    const pcm = await readClip(clip.path);
    const parts: Float32Array[] = [];
    for (const gain of gains) {
      const heard = new ort.Tensor('float32', withGain(pcm, gain), [pcm.length]);
      const { embedding } = await session.run({ pcm: heard }, ['embedding']);
      parts.push(embedding!.data as Float32Array);
    }
    loaded.push({ ...clip, pcm, embeddings: joined(parts) });
    onProgress(loaded.length);
  }
  await session.release();
  return loaded;
}

export function trainWithout(
  fold: number,
  clips: readonly LoadedClip[],
  classes: readonly string[],
  options: TrainingOptions,
  onProgress: (report: EpochReport) => void,
): Promise<TrainedExpert> {
  const training = clips.filter((clip) => clip.fold !== fold);
  const samplesOf = (clip: LoadedClip) => clip.embeddings.length / statisticsSize;
  return trainExpert(
    {
      embeddings: joined(training.map((clip) => clip.embeddings)),
      size: statisticsSize,
      labels: Int32Array.from(
        training.flatMap((clip) => new Array<number>(samplesOf(clip)).fill(clip.label)),
      ),
      groups: training.flatMap((clip) => new Array<string>(samplesOf(clip)).fill(clip.source)),
      classes,
    },
    options,
    { onProgress },
  );
}

export interface Score {
  readonly clips: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly confusion: ConfusionMatrix;
}

/** Tests a reference graph on clips: a clip's class is the top of the mean of its patches' probabilities. */
export async function score(
  model: Uint8Array,
  clips: readonly LoadedClip[],
  classes: number,
): Promise<Score> {
  const reference = await createReference(ort, model);
  const predicted: number[] = [];
  for (const clip of clips) {
    const { logits } = await reference.run(clip.pcm);
    predicted.push(argmax(meanProbabilities(logits, classes)));
  }
  await reference.release();
  const truth = clips.map((clip) => clip.label);
  const confusion = confusionMatrix(truth, predicted, classes);
  return { clips: clips.length, accuracy: accuracy(confusion), macroF1: macroF1(confusion), confusion };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}
