/** How a clip is heard: as it is for answers, and in several ways for training. */
import { whiteNoise } from '../../../models/augmentation/noise.ts';
import { addNoise, asHeard, changeGain, timeShift } from '../../../models/augmentation/pcm.ts';
import { Random } from '../../../models/training/random.ts';

export interface Rendering {
  readonly decibels: number;
  /** later by so many samples; half a hop gives patches between the others */
  readonly shift: number;
  /** signal to noise, decibels; null without noise */
  readonly snr: number | null;
}

export const asRecorded: readonly Rendering[] = [{ decibels: 0, shift: 0, snr: null }];

/** Nearer, farther, between the patches of the others, and in white noise. */
export const forTraining: readonly Rendering[] = [
  { decibels: 0, shift: 0, snr: null },
  { decibels: 6, shift: 3_840, snr: null },
  { decibels: -6, shift: 1_920, snr: null },
  { decibels: -12, shift: 5_760, snr: null },
  { decibels: 0, shift: 3_840, snr: 20 },
];

/** The same rendering of the same samples is the same. */
export function rendered(pcm: Float32Array, { decibels, shift, snr }: Rendering): Float32Array {
  if (decibels === 0 && shift === 0 && snr === null) return pcm;
  const moved = changeGain(timeShift(pcm, shift), decibels);
  if (snr === null) return asHeard(moved);
  return asHeard(addNoise(moved, whiteNoise(moved.length, new Random(seedOf(pcm))), snr));
}

/** Each clip's own noise: a checksum of its samples (FNV-1a over int16). */
function seedOf(pcm: Float32Array): number {
  return pcm.reduce(
    (hash, sample) => Math.imul(hash ^ (Math.round(sample * 32_768) & 0xffff), 0x01000193),
    0x811c9dc5,
  );
}
