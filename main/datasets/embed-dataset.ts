/** From a data set's recordings to embeddings: each is decoded once, looked at, and embedded. */
import { CurlewError } from '../contract/error.ts';
import { hashOfFile, throwIfAborted } from '../recordings/file.ts';
import { asBoards, readAudio, soundProblems, type ClipAudio, type Hearing, type Sound } from './audio.ts';
import { patchSamples } from '../../models/features/log-mel.ts';
import { cacheKey, FeatureCache } from './cache.ts';
import type { Clip, Dataset, EmbeddedClip, EmbeddedDataset, Problem } from './dataset.ts';
import { isLogMelName, readLogMel } from './log-mel-clip.ts';
import type { RememberedAudio } from './remembered-audio.ts';

/** Part of every key, so that features of samples made another way are not taken for these. */
const audioIdentity = ({ rate, windowSamples }: Hearing): string =>
  rate === asBoards.rate && windowSamples === asBoards.windowSamples
    ? '16 kHz mono int16, zeros up to one window, 2'
    : `${rate} Hz mono int16, zeros up to ${windowSamples} samples, 2`;

/**
 * From samples (as they are heard, in [-1, 1), at least one window) to [patches][size] numbers, row-major, at least one
 * patch. @param clip whose samples they are
 */
export type Embed = (pcm: Float32Array, clip: Clip) => Promise<{ embeddings: Float32Array; patches: number }>;

export interface CheckOptions {
  signal?: AbortSignal;
  /** Default: as boards. */
  hearing?: Hearing;
  /** Clips done so far, of `dataset.clips.length`. */
  onProgress?: (done: number) => void;
}

export interface EmbedOptions extends CheckOptions {
  embed: Embed;
  /** The same of a window's log-mel (96 frames of 64 bands). Without it clips that are no sound are left out. */
  embedLogMel?: Embed;
  /** All that decides what `embed` makes of samples: front end, encoder's hash, gains or augmentation, hop. */
  identity: string;
  /** What else decides it where it is not the same for all clips. */
  identityOf?: (clip: Clip) => Promise<string>;
  cacheFolder: string;
  /** Where sounds were heard before, and will be again; left out: each is heard once. */
  audio?: RememberedAudio;
  /** Default: cache.ts. */
  cacheBytes?: number;
}

/**
 * Decodes every clip and adds what is wrong to the problems; those that cannot be decoded are left out.
 * @throws CurlewError ABORTED
 */
export async function checkAudio(dataset: Dataset, options: CheckOptions = {}): Promise<Dataset> {
  const { clips, rest } = await examine(dataset, options, async (clip) => {
    if (isLogMelName(clip.path)) {
      await readLogMel(clip.path);
      return { clip, sound: null, damage: null };
    }
    const { sound, damage } = await readAudio(clip.path, options.signal, options.hearing);
    return { clip, sound, damage };
  });
  return { ...dataset, ...rest, clips };
}

/**
 * The embeddings of every clip, from the cache where they are there. What was done stays in the cache, so after a
 * cancel or a crash the same call goes on where it was. Clips are embedded one after the other.
 * @throws CurlewError ABORTED; INTERNAL if `embed` gives rows of another length than before; what `embed` throws
 */
export async function embedDataset(dataset: Dataset, options: EmbedOptions): Promise<EmbeddedDataset> {
  const { embed, identity, signal, hearing = asBoards } = options;
  const cache = new FeatureCache(options.cacheFolder, options.cacheBytes);
  let hits = 0;
  let computed = 0;
  let failure: string | null = null;
  let size = 0;

  const embedded = (
    clip: Clip,
    sound: Sound | null,
    patches: number,
    embeddings: Float32Array,
  ): EmbeddedClip => {
    const own = embeddings.length / patches;
    if (size === 0) size = own;
    if (own !== size || !Number.isInteger(own) || own === 0) {
      throw new CurlewError(
        'INTERNAL',
        `${clip.name} gives ${embeddings.length} numbers in ${patches} patches where others give ${size} a patch.`,
      );
    }
    return { ...clip, samples: sound?.samples ?? patchSamples, patches, embeddings };
  };

  const heard = ({ path }: Clip, sha256: string) =>
    options.audio ? options.audio.read(sha256, path, hearing, signal) : readAudio(path, signal, hearing);

  const read = async (clip: Clip, sha256: string) => {
    if (!isLogMelName(clip.path)) {
      const { pcm, sound, damage } = await heard(clip, sha256);
      return { sound, damage, ...(await embed(pcm, clip)) };
    }
    if (!options.embedLogMel)
      throw new CurlewError(
        'FILE_UNREADABLE',
        `${clip.path} is the log-mel of a window and no sound, which this model does not take.`,
        { path: clip.path },
      );
    return { sound: null, damage: null, ...(await options.embedLogMel(await readLogMel(clip.path), clip)) };
  };

  const { clips, rest } = await examine(dataset, options, async (clip, sha256) => {
    const own = options.identityOf ? `\n${await options.identityOf(clip)}` : '';
    const key = cacheKey(sha256, `${audioIdentity(hearing)}\n${identity}${own}`);
    const kept = await cache.get(key);
    if (kept) {
      hits++;
      const { sound, patches } = kept.facts as { sound: Sound | null; patches: number };
      return { clip: embedded(clip, sound, patches, kept.values), sound, damage: null };
    }
    const { sound, damage, embeddings, patches } = await read(clip, sha256);
    const made = embedded(clip, sound, patches, embeddings);
    computed++;
    // What is told of damage names bytes and paths of this very file; such clips are decoded each time.
    if (damage === null && (await hashOfFile(clip.path, signal)) === sha256) {
      try {
        await cache.put(key, { facts: { sound, patches }, values: embeddings });
      } catch (thrown) {
        failure ??= thrown instanceof Error ? thrown.message : String(thrown);
      }
    }
    return { clip: made, sound, damage };
  });
  return { ...dataset, ...rest, clips, size, cache: { hits, computed, broken: cache.broken, failure } };
}

interface Examined<T extends Clip> extends Pick<ClipAudio, 'damage'> {
  /** Null of what is no sound. */
  sound: Sound | null;
  clip: T;
}

/** Runs `work` over every clip; gathers those that are used, and what is to be said of all. */
async function examine<T extends Clip>(
  dataset: Dataset,
  { signal, hearing, onProgress }: CheckOptions,
  work: (clip: Clip, sha256: string) => Promise<Examined<T>>,
): Promise<{ clips: T[]; rest: Pick<Dataset, 'classes' | 'folds' | 'problems'> }> {
  const used: T[] = [];
  const problems: Problem[] = [];
  const ofContent = new Map<string, Clip>();
  for (const [i, clip] of dataset.clips.entries()) {
    throwIfAborted(signal);
    const { name, path } = clip;
    try {
      const sha256 = await hashOfFile(path, signal);
      const examined = await work(clip, sha256);
      used.push(examined.clip);
      if (examined.sound) problems.push(...soundProblems(name, examined.sound, hearing));
      if (examined.damage) {
        const message = examined.damage.message.replaceAll(path, name);
        problems.push({ kind: 'damaged-file', name, message, outcome: 'used' });
      }
      const same = ofContent.get(sha256);
      if (same) problems.push(sameContent(clip, same, dataset.classes));
      else ofContent.set(sha256, clip);
    } catch (thrown) {
      if (!(thrown instanceof CurlewError) || !thrown.code.startsWith('FILE_')) throw thrown;
      const message = `${name} is left out: ${thrown.message.replaceAll(path, name)}`;
      problems.push({ kind: 'unreadable-file', name, message, outcome: 'left-out' });
    }
    onProgress?.(i + 1);
  }
  const present = new Set(used.map(({ label }) => label));
  const classes = dataset.classes.filter((_, label) => present.has(label));
  dataset.classes.forEach((name, label) => {
    if (present.has(label)) return;
    const message = `The class ${name} has no clip that can be decoded; it is left out.`;
    problems.push({ kind: 'empty-class', name, message, outcome: null });
  });
  return {
    clips: used.map((clip) => ({ ...clip, label: classes.indexOf(dataset.classes[clip.label]!) })),
    rest: {
      classes,
      folds: [...new Set(used.map(({ fold }) => fold))].sort((a, b) => a - b),
      problems: [...dataset.problems, ...problems],
    },
  };
}

function sameContent(clip: Clip, same: Clip, classes: readonly string[]): Problem {
  const where = ({ label, fold }: Clip) => `class ${classes[label]!}, fold ${fold}`;
  return {
    kind: 'same-content',
    name: clip.name,
    message: `${clip.name} (${where(clip)}) holds the same bytes as ${same.name} (${where(same)}); both are used.`,
    outcome: 'used',
  };
}
