/** Samples that are mixed of two: between-class mixing of sounds, mixup of embeddings. */
import { mixSounds } from '../../../models/augmentation/between-class.ts';
import { mixLabels, mixup } from '../../../models/augmentation/mixup.ts';
import type { TrainingData } from '../../../models/training/data.ts';
import { Random } from '../../../models/training/random.ts';
import { readAudio, type Hearing } from '../../datasets/audio.ts';
import type { EmbeddedDataset } from '../../datasets/dataset.ts';
import { isLogMelName } from '../../datasets/log-mel-clip.ts';
import { concatenate } from '../../recordings/concatenate.ts';
import { asRecorded, type Augmentation } from './renderings.ts';
import type { StudyThread } from './study-thread.ts';

/** What embeds mixed clips, and how it hears them. */
interface Heard {
  readonly thread: StudyThread;
  readonly signal: AbortSignal;
  readonly hearing: Hearing;
}

interface Mixed {
  readonly embeddings: Float32Array;
  readonly targets: Float32Array;
  readonly labels: readonly number[];
  readonly groups: readonly string[];
  readonly seconds: readonly string[];
}

/** Of mixup's ratios, Beta(a, a): most rows stay near one of the two. */
const mixupAlpha = 0.4;

/**
 * Adds mixed samples behind the others, as many as there are (mixup) or a clip's worth for each clip (between-class).
 * @throws CurlewError as readAudio; ABORTED
 */
export async function withMixtures(
  data: TrainingData,
  clips: EmbeddedDataset,
  augmentation: readonly Augmentation[],
  seed: number,
  heard: Heard,
): Promise<TrainingData> {
  const random = new Random(seed);
  const parts: Mixed[] = [];
  if (augmentation.includes('mixup')) parts.push(mixedRows(data, random));
  if (augmentation.includes('between-class')) parts.push(await mixedClips(clips, random, heard));
  if (parts.length === 0) return data;
  const classes = data.classes.length;
  const own = new Float32Array(data.labels.length * classes);
  data.labels.forEach((label, row) => (own[row * classes + label] = 1));
  return {
    ...data,
    embeddings: concatenate([data.embeddings, ...parts.map((part) => part.embeddings)]),
    labels: Int32Array.from([...data.labels, ...parts.flatMap((part) => part.labels)]),
    groups: [...data.groups, ...parts.flatMap((part) => part.groups)],
    mixed: {
      targets: concatenate([own, ...parts.map((part) => part.targets)]),
      seconds: [...data.labels].map((): string | null => null).concat(parts.flatMap((part) => part.seconds)),
    },
  };
}

function mixedRows({ embeddings, labels, groups, classes }: TrainingData, random: Random): Mixed {
  const { features, targets, partners } = mixup(embeddings, labels, classes.length, mixupAlpha, random);
  return {
    embeddings: features,
    targets,
    labels: [...labels],
    groups,
    seconds: partners.map((partner) => groups[partner]!),
  };
}

/** Each clip mixed with another, at a ratio drawn evenly. */
async function mixedClips(
  { clips: all, classes }: EmbeddedDataset,
  random: Random,
  { thread, signal, hearing }: Heard,
): Promise<Mixed> {
  const clips = all.filter(({ path }) => !isLogMelName(path));
  const partners = random.shuffle(clips.slice());
  const parts: Mixed[] = [];
  for (const [i, clip] of clips.entries()) {
    const partner = partners[i]!;
    const ratio = random.uniform();
    const [first, second] = [
      await readAudio(clip.path, signal, hearing),
      await readAudio(partner.path, signal, hearing),
    ];
    const length = Math.min(first.pcm.length, second.pcm.length);
    const sound = mixSounds(first.pcm.slice(0, length), second.pcm.slice(0, length), ratio);
    const { embeddings, patches } = await thread.embed(sound, asRecorded);
    const target = mixLabels(clip.label, partner.label, ratio, classes.length);
    const times = <T>(value: T) => new Array<T>(patches).fill(value);
    parts.push({
      embeddings,
      targets: concatenate(times(target)),
      labels: times(ratio >= 0.5 ? clip.label : partner.label),
      groups: times(clip.source),
      seconds: times(partner.source),
    });
  }
  return {
    embeddings: concatenate(parts.map((part) => part.embeddings)),
    targets: concatenate(parts.map((part) => part.targets)),
    labels: parts.flatMap((part) => part.labels),
    groups: parts.flatMap((part) => part.groups),
    seconds: parts.flatMap((part) => part.seconds),
  };
}
