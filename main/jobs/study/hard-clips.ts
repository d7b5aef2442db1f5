/** Test clips made harder (models/augmentation), as a fold's encoder hears them. */
import {
  degradationsOf,
  degraded,
  partnersOf,
  type DegradationKind,
} from '../../../models/augmentation/degrade.ts';
import type { HardTest } from '../../../models/study/hard.ts';
import type { Hearing } from '../../datasets/audio.ts';
import type { Clip, Dataset, EmbeddedDataset } from '../../datasets/dataset.ts';
import { embedDataset } from '../../datasets/embed-dataset.ts';
import { isLogMelName } from '../../datasets/log-mel-clip.ts';
import type { RememberedAudio } from '../../datasets/remembered-audio.ts';
import { hashOfFile } from '../../recordings/file.ts';
import { concatenate } from '../../recordings/concatenate.ts';
import { seedOf } from './renderings.ts';

interface Listener {
  embed(pcm: Float32Array): Promise<{ embeddings: Float32Array; patches: number }>;
  /** Of what embeds, as embedDataset takes it. */
  readonly identity: string;
  readonly hearing: Hearing;
  readonly cacheFolder: string;
  readonly audio: RememberedAudio;
  readonly signal: AbortSignal;
  /** Share of them done. */
  onProgress(share: number): void;
}

/**
 * A clip has the same noise and the same other clip at every ratio, whatever seed is trained. Clips that are the log-mel
 * of a window have no sound to be made harder, and are left out.
 * @param heard the data set as it was recorded @param fold whose clips are tested with
 * @throws CurlewError as embedDataset and readAudio
 */
export async function hardClips(
  heard: EmbeddedDataset,
  fold: number,
  kinds: readonly DegradationKind[],
  { embed, identity, hearing, cacheFolder, audio, signal, onProgress }: Listener,
): Promise<HardTest[]> {
  const clips = heard.clips.filter((clip) => clip.fold === fold && !isLogMelName(clip.path));
  const others = partnersIn(clips, fold);
  const wanted = degradationsOf(clips.length > 0 ? kinds : []);
  const tests: HardTest[] = [];
  for (const [i, degradation] of wanted.entries()) {
    const mixed = degradation.kind === 'clip';
    const otherOf = async (clip: Clip): Promise<Float32Array> => {
      const other = others.get(clip.name);
      if (!mixed || !other) return new Float32Array(1);
      return (await audio.read(await hashOfFile(other.path, signal), other.path, hearing, signal)).pcm;
    };
    const dataset: Dataset = { ...heard, clips };
    const embedded = await embedDataset(dataset, {
      embed: async (pcm, clip) => {
        const context = { rate: hearing.rate, seed: seedOf(pcm), other: await otherOf(clip) };
        return embed(degraded(pcm, degradation, context));
      },
      identity: `${identity} degraded ${JSON.stringify(degradation)}`,
      ...(mixed && {
        identityOf: async (clip) => {
          const other = others.get(clip.name);
          return other ? `with ${await hashOfFile(other.path, signal)}` : 'with nothing';
        },
      }),
      hearing,
      cacheFolder,
      audio,
      signal,
      onProgress: (done) => onProgress((i + done / clips.length) / wanted.length),
    });
    // classes are numbered anew where a fold lacks some: labels are those of the whole data set
    const labels = new Map(clips.map(({ name, label }) => [name, label]));
    tests.push({
      degradation,
      test: {
        clips: embedded.clips.map(({ name, source, patches }) => ({
          ...{ name, source, fold, label: labels.get(name)!, patches },
        })),
        embeddings: concatenate(embedded.clips.map(({ embeddings }) => embeddings)),
        size: embedded.size,
      },
    });
  }
  return tests;
}

function partnersIn(clips: readonly Clip[], seed: number): Map<string, Clip> {
  const partners = partnersOf(clips.map(({ label }) => label), seed); // prettier-ignore
  return new Map(
    clips.flatMap(({ name }, i) => (partners[i] === null ? [] : [[name, clips[partners[i]!]!] as const])),
  );
}
