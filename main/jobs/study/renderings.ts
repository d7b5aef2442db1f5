/** How a clip is heard: as it is for answers, and in several ways for training. */
import { makeNoise, type NoiseColour } from '../../../models/augmentation/noise.ts';
import { addNoise, asHeard, changeGain, timeShift } from '../../../models/augmentation/pcm.ts';
import type { SpecAugment } from '../../../models/augmentation/spec-augment.ts';
import { Random } from '../../../models/training/random.ts';

export interface Rendering {
  readonly decibels: number;
  /** later by so many samples; half a hop gives patches between the others */
  readonly shift: number;
  /** signal to noise, decibels; null without noise */
  readonly snr: number | null;
  readonly noise: NoiseColour;
  /** stretches of time and bands of the log-mel are covered (SpecAugment) */
  readonly masked: boolean;
}

export const augmentations = [
  'gain',
  'shift',
  'noise',
  'pink-noise',
  'masks',
  'mixup',
  'between-class',
] as const;
export type Augmentation = (typeof augmentations)[number];

const plain: Rendering = { decibels: 0, shift: 0, snr: null, noise: 'white', masked: false };
export const asRecorded: readonly Rendering[] = [plain];

/** Covered in masked renderings, of 96 frames and 64 bands a patch. */
export const masks: SpecAugment = { timeMasks: 4, timeWidth: 24, bandMasks: 2, bandWidth: 12 };

/**
 * As recorded; nearer and farther; between the patches of the others; in noise; with masks. What mixes clips
 * is mixing.ts's.
 */
export function renderingsOf(chosen: readonly Augmentation[]): Rendering[] {
  const has = (one: Augmentation) => chosen.includes(one);
  const shift = (samples: number) => (has('shift') ? samples : 0);
  const levels = has('gain') ? [6, -6, -12] : has('shift') ? [0, 0, 0] : [];
  return [
    plain,
    ...levels.map((decibels, i) => ({ ...plain, decibels, shift: shift([3_840, 1_920, 5_760][i]!) })),
    ...(has('noise') ? [{ ...plain, shift: shift(3_840), snr: 20 }] : []),
    ...(has('pink-noise') ? [{ ...plain, snr: 20, noise: 'pink' as const }] : []),
    ...(has('masks') ? [{ ...plain, shift: shift(1_920), masked: true }] : []),
  ];
}

/** The same rendering of the same samples is the same. */
export function rendered(
  pcm: Float32Array,
  { decibels, shift, snr, noise }: Omit<Rendering, 'masked'>,
): Float32Array {
  if (decibels === 0 && shift === 0 && snr === null) return pcm;
  const moved = changeGain(timeShift(pcm, shift), decibels);
  if (snr === null) return asHeard(moved);
  return asHeard(addNoise(moved, makeNoise(noise, moved.length, new Random(seedOf(pcm))), snr));
}

/** Each clip's own noise: a checksum of its samples (FNV-1a over int16). */
export function seedOf(pcm: Float32Array): number {
  return pcm.reduce(
    (hash, sample) => Math.imul(hash ^ (Math.round(sample * 32_768) & 0xffff), 0x01000193),
    0x811c9dc5,
  );
}
